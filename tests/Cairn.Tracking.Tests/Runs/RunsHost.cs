using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Time;
using Cairn.Testing;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Search;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tracking.Tests.Runs;

/// <summary>The stores of runs and metrics on an empty database of one engine.</summary>
public sealed class RunsHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private readonly ScratchDirectory _scratch;

    private RunsHost(ServiceProvider services, ScratchDirectory scratch)
    {
        _services = services;
        _scratch = scratch;
    }

    public IDatabase Database => Get<IDatabase>();

    public ExperimentStore Experiments => Get<ExperimentStore>();

    public RunStore Runs => Get<RunStore>();

    public static async Task<RunsHost> StartAsync(DatabaseFixture fixture, Action<IServiceCollection>? more = null)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton(TimeProvider.System);
        collection.AddSingleton<IIdSource, RandomIdSource>();
        collection.AddSingleton(await fixture.CreateAsync());
        var scratch = new ScratchDirectory();
        collection.AddSingleton<IBlobStore>(provider => new DiskBlobStore(
            scratch["blobs"],
            provider.GetRequiredService<IIdSource>(),
            TimeProvider.System
        ));
        collection.AddRuns().AddColdMetrics();
        more?.Invoke(collection);
        var host = new RunsHost(collection.BuildServiceProvider(), scratch);
        await Migrations.ApplyAsync(host.Database, host._services.GetServices<MigrationSet>());
        foreach (var hosted in host._services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        return host;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<T> Write<T>(Func<ISqlSession, T> work) => Database.WriteAsync(work);

    public Task<T> Read<T>(Func<ISqlSession, T> work) => Database.ReadAsync(work);

    public Task<Experiment> Experiment(string name) =>
        Write(session => Experiments.Create(session, new NewExperiment("p", "l") { Name = name }));

    public Task<Run> Run(Experiment experiment, string name, long? started = null) =>
        Write(session => Runs.Create(session, new NewRun(experiment.Id) { Name = name, Started = started }));

    public async Task Log(Run run, string metric, params (long Step, double Value)[] points)
    {
        var key = await Get<MetricKeys>().InternAsync(metric);
        await Get<MetricLog>()
            .AppendAsync(
                run.Uuid,
                points.Select(point => new LoggedPoint(key, new MetricPoint(point.Step, 1_000_000 + point.Step, point.Value))).ToArray()
            );
    }

    public async Task<IReadOnlyList<MetricPoint>> History(Run run, string metric) =>
        await Get<MetricReader>().HistoryAsync(run, await Get<MetricKeys>().InternAsync(metric));

    public Task<RunData> Data(Run run) => Read(session => Get<RunDataReader>().Read(session, run));

    /// <summary>The names of the runs that a search finds, read in pages of the given size.</summary>
    public async Task<IReadOnlyList<string>> Search(
        Experiment experiment,
        string filter,
        string[] orderBy,
        int pageSize = 1_000,
        Lifecycle? stage = Lifecycle.Active
    )
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await Get<RunSearch>()
                .SearchAsync(
                    new RunQuery([experiment.Id])
                    {
                        Filter = filter,
                        OrderBy = orderBy,
                        PageSize = pageSize,
                        PageToken = token,
                        Stage = stage,
                    }
                );
            page.Runs.Count.ShouldBeLessThanOrEqualTo(pageSize);
            names.AddRange(page.Runs.Select(static run => run.Name));
            token = page.NextPageToken;
        } while (token.Length > 0);
        return names;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(default);
        }

        await _services.DisposeAsync();
        _scratch.Dispose();
    }
}
