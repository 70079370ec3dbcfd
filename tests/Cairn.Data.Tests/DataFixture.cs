using System.Text;
using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Data.Views;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Data.Tests;

/// <summary>The capability as the server composes it, on SQLite and a disk, without a listener.</summary>
public sealed class DataFixture : IAsyncDisposable
{
    public const string Bucket = "bucket-1";

    private readonly ServiceProvider _services;
    private readonly TemporaryDirectory? _owned;

    private DataFixture(ServiceProvider services, TemporaryDirectory? owned)
    {
        _services = services;
        _owned = owned;
    }

    public IObjects Objects => Get<IObjects>();

    public ObjectStore Store => Get<ObjectStore>();

    public BucketStore Buckets => Get<BucketStore>();

    public IBucketView View => Get<IBucketView>();

    public IBlobStore Blobs => Get<IBlobStore>();

    /// <param name="directory">A folder to open (again), or null for a new one that goes with the fixture.</param>
    /// <param name="configure">Replacements, registered before the capability.</param>
    public static async Task<DataFixture> StartAsync(string? directory = null, Action<IServiceCollection>? configure = null)
    {
        var owned = directory is null ? new TemporaryDirectory() : null;
        directory ??= owned!.Path;
        var collection = new ServiceCollection();
        configure?.Invoke(collection);
        collection.AddLogging();
        collection.TryAddSingleton(TimeProvider.System);
        collection.AddSingleton<IIdSource, RandomIdSource>();
        collection.TryAddSingleton<IDatabase>(_ => new SqliteDatabase(Path.Combine(directory, "cairn.db")));
        collection.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = directory,
                ServerId = "test",
                HttpUrl = () => new Uri("http://127.0.0.1:8080"),
                GrpcAddress = () => "127.0.0.1:8081",
                Executable = "cairn",
            }
        );
        collection.AddData();
        var fixture = new DataFixture(collection.BuildServiceProvider(), owned);
        await Migrations.ApplyAsync(fixture.Get<IDatabase>(), fixture._services.GetServices<MigrationSet>());
        if (await fixture.Buckets.FindAsync(Bucket, default) is null)
        {
            await fixture.Buckets.CreateAsync(new Bucket { Name = Bucket, Project = "demo" }, default);
        }

        return fixture;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<StoredObject> PutAsync(string name, string text) => PutAsync(name, Encoding.UTF8.GetBytes(text));

    public Task<StoredObject> PutAsync(string name, byte[] bytes) => Objects.PutAsync(new GsUri(Bucket, name), new MemoryStream(bytes));

    public async Task<string> ReadAsync(string name)
    {
        await using var stream = await Objects.OpenAsync(new GsUri(Bucket, name));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _owned?.Dispose();
    }
}
