using Cairn.Data.Buckets;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Data.Tests.Engines;

/// <summary>
/// Starts the capability on an empty store of one engine, with a clock that the test sets. The conformance suites run on each engine.
/// </summary>
public abstract class DataEngine
{
    /// <summary>The clock of the stores that were started last.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2031, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public async Task<DataFixture> StartAsync()
    {
        Clock.AdjustTime(new DateTimeOffset(2031, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var database = await OpenAsync();
        return await DataFixture.StartAsync(configure: services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            if (database is not null)
            {
                services.AddSingleton(database);
            }
        });
    }

    protected abstract Task<IDatabase?> OpenAsync();
}

public sealed class SqliteEngine : DataEngine
{
    protected override Task<IDatabase?> OpenAsync() => Task.FromResult<IDatabase?>(null);
}

public sealed class PostgresEngine : DataEngine, IAsyncLifetime
{
    private PostgresServer? _server;

    public async ValueTask InitializeAsync() => _server = PostgresServer.Find() is null ? null : await PostgresServer.StartAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task<IDatabase?> OpenAsync()
    {
        Assert.SkipWhen(_server is null, "PostgreSQL is not installed.");
        return new PostgresDatabase(await _server!.CreateDatabaseAsync());
    }
}

/// <summary>One PostgreSQL for all suites.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresData : ICollectionFixture<PostgresEngine>
{
    public const string Name = "data on PostgreSQL";
}

internal static class DataFixtureExtensions
{
    public static Task<Bucket> SetAsync(this DataFixture data, Func<BucketSettings, BucketSettings> change, bool? versioning = null) =>
        data.Buckets.UpdateAsync(
            DataFixture.Bucket,
            Preconditions.None,
            bucket => bucket with { Settings = change(bucket.Settings), Versioning = versioning ?? bucket.Versioning },
            default
        );

    public static Task<ObjectRecord> PutAsync(this DataFixture data, string name, ObjectMetadata metadata) =>
        data.Store.PutAsync(
            DataFixture.Bucket,
            name,
            new MemoryStream("content"u8.ToArray()),
            metadata,
            ExpectedHashes.None,
            Preconditions.None,
            default
        );

    public static Task<ObjectRecord> DeleteAsync(this DataFixture data, string name, long? generation = null) =>
        data.Store.DeleteAsync(DataFixture.Bucket, name, generation, Preconditions.None, default);

    public static async Task<List<ObjectRecord>> ListAsync(
        this DataFixture data,
        bool versions = false,
        bool softDeleted = false,
        int page = 1000
    )
    {
        var found = new List<ObjectRecord>();
        var token = "";
        do
        {
            var query = new ObjectListQuery(DataFixture.Bucket)
            {
                Versions = versions,
                SoftDeleted = softDeleted,
                MaxResults = page,
                PageToken = token,
            };
            var answer = await data.Get<ObjectLister>().ListAsync(query, default);
            found.AddRange(answer.Items);
            token = answer.NextPageToken ?? "";
        } while (token.Length > 0);
        return found;
    }

    public static bool HasBlob(this DataFixture data, ObjectRecord item) => File.Exists(data.Blobs.LocalPath(item.Content.Blob));
}
