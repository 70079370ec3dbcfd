using System.Reflection;
using Cairn.Jobs.Images;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Work;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Server.Tests.Work;

/// <summary>
/// Everything that a server is made of, without its doors, and of what it does by itself only the loop of durable work. Jobs stay in
/// line until the test ends them.
/// </summary>
internal sealed class WorkHost : IAsyncDisposable
{
    private static readonly CallContext Call = new() { Caller = Principal.Anonymous };

    /// <summary>What the machine's Python has is looked for once.</summary>
    private static readonly InterpreterProbe Probe = new(TimeProvider.System);

    private readonly ServiceProvider _services;
    private readonly WorkLoop _loop;

    public WorkHost(string data, IDatabase database, TimeProvider time)
    {
        var options = RunningServer.Options(data);
        var services = CairnServer.Services(options, new Listeners(options));
        _services = services.AddSingleton(database).AddSingleton(time).AddSingleton(Probe).BuildServiceProvider();
        _loop = ActivatorUtilities.CreateInstance<WorkLoop>(_services);
    }

    public Task MigrateAsync() => Migrations.ApplyAsync(Get<IDatabase>(), _services.GetServices<MigrationSet>());

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task StartAsync() => _loop.StartAsync(CancellationToken.None);

    public void Pulse() => Get<WorkSignal>().Pulse();

    /// <summary>Calls a method of the API as the dispatcher does.</summary>
    /// <param name="service">Its service, such as <c>JobService</c>.</param>
    /// <param name="request">The method is the one that takes this.</param>
    public Task<T> CallAsync<T>(string service, IMessage request)
    {
        var found = _services
            .GetServices<IRpcService>()
            .Where(candidate => candidate.Descriptor.Name == service)
            .SelectMany(static candidate => candidate.GetType().GetMethods().Select(method => (Target: candidate, Method: method)))
            .Single(candidate => candidate.Method.GetParameters().FirstOrDefault()?.ParameterType == request.GetType());
        return (Task<T>)found.Method.Invoke(found.Target, BindingFlags.DoNotWrapExceptions, null, [request, Call], null)!;
    }

    public async Task<List<CustomJob>> JobsAsync(string parent) =>
        [
            .. (
                await CallAsync<ListCustomJobsResponse>("JobService", new ListCustomJobsRequest { Parent = parent, PageSize = 1_000 })
            ).CustomJobs,
        ];

    /// <summary>Ends a custom job that is in line, as its task does.</summary>
    public async Task SucceedAsync(string job)
    {
        var id = job[(job.LastIndexOf('/') + 1)..];
        if (await Get<IDatabase>().ReadAsync(session => Get<TaskTable>().Find(session, id)) is { } task)
        {
            await Get<TaskTransitions>()
                .EndAsync(task, TaskOutcome.Succeeded, Code.Ok, "", Get<TimeProvider>().GetUtcNow(), CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
