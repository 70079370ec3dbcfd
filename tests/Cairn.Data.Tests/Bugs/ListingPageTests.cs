using Cairn.Data.Objects;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Data.Tests.Bugs;

public sealed class ListingPageTests
{
    // Every length ends a page of one; the others are around the sizes of tokens, of the store's batches and of the greatest page.
    private static readonly int[] PageSizes = [1, 17, 256, 257, 1000];

    [Fact]
    public async Task a_listing_goes_on_after_a_name_of_any_length()
    {
        await using var data = await DataFixture.StartAsync();
        await ListAsync(data);
    }

    [Fact]
    public async Task a_listing_goes_on_after_a_name_of_any_length_on_postgres()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var database = new PostgresDatabase(await postgres.CreateDatabaseAsync());
        await using var data = await DataFixture.StartAsync(configure: services => services.AddSingleton<IDatabase>(database));
        await ListAsync(data);
    }

    private static async Task ListAsync(DataFixture data)
    {
        List<string> names = [.. Enumerable.Range(1, ObjectName.MaxBytes).Select(static length => new string('n', length))];
        List<string> folders = [.. Enumerable.Range(1, 64).Select(static length => new string('d', length) + "/")];
        await data.Get<IDatabase>()
            .WriteAsync(session =>
            {
                foreach (var name in names.Concat(folders.Select(static folder => folder + "x")))
                {
                    session.Execute(
                        """
                        INSERT INTO data_objects (bucket, name, generation, metageneration, size, crc32c, blob, created, updated, metadata)
                        VALUES ($1, $2, 1, 1, 0, 0, '', 0, 0, '{}')
                        """,
                        DataFixture.Bucket,
                        name
                    );
                }

                return true;
            });

        foreach (var size in PageSizes)
        {
            var query = new ObjectListQuery(DataFixture.Bucket) { MaxResults = size, Delimiter = "/" };
            var (items, prefixes) = await AllAsync(data, query);
            items.ShouldBe(names, $"pages of {size}");
            prefixes.ShouldBe(folders, $"pages of {size}");
        }

        var (versions, _) = await AllAsync(
            data,
            new ObjectListQuery(DataFixture.Bucket)
            {
                MaxResults = 17,
                Prefix = "n",
                Versions = true,
            }
        );
        versions.ShouldBe(names);
    }

    private static async Task<(List<string> Items, List<string> Prefixes)> AllAsync(DataFixture data, ObjectListQuery query)
    {
        var (items, prefixes) = (new List<string>(), new List<string>());
        string? token = "";
        while (token is not null)
        {
            var page = await data.Get<ObjectLister>().ListAsync(query with { PageToken = token }, default);
            items.AddRange(page.Items.Select(static item => item.Name));
            prefixes.AddRange(page.Prefixes);
            token = page.NextPageToken;
        }

        return (items, prefixes);
    }
}
