using System.Reflection;
using Cairn.Kernel;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Time;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tuning.Tests;

/// <summary>The kernel on one of its databases, and studies on it, called as the dispatcher calls them.</summary>
public sealed class TuningHost : IAsyncDisposable
{
    public const string Parent = "projects/demo/locations/us-central1";

    private readonly ServiceProvider _services;

    private TuningHost(ServiceProvider services) => _services = services;

    public IStudies Studies => _services.GetRequiredService<IStudies>();

    public IDatabase Database => _services.GetRequiredService<IDatabase>();

    public static async Task<TuningHost> StartAsync(DatabaseFixture fixture, TimeProvider? time = null)
    {
        var database = await fixture.CreateAsync();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton(database);
        services.AddKernel();
        services.AddSingleton(
            new ServerEnvironment
            {
                DataDirectory = "/",
                ServerId = "test",
                HttpUrl = static () => new Uri("http://127.0.0.1"),
                GrpcAddress = static () => "",
                Executable = "",
            }
        );
        services.AddTuning();
        var provider = services.BuildServiceProvider();
        await Migrations.ApplyAsync(database, provider.GetServices<MigrationSet>());
        foreach (var hosted in provider.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        return new TuningHost(provider);
    }

    public Task<T> CallAsync<T>(IMessage request, string? project = null)
        where T : IMessage<T>
    {
        var service = _services.GetServices<IRpcService>().Single(static service => service.Descriptor.Name == "VizierService");
        var method = service.Descriptor.Methods.Single(method => method.InputType.FullName == request.Descriptor.FullName);
        var context = new CallContext { Caller = project is null ? Principal.Anonymous : new Principal("task:1", ["*"], project) };
        return (Task<T>)
            service.GetType().GetMethod(method.Name)!.Invoke(service, BindingFlags.DoNotWrapExceptions, null, [request, context], null)!;
    }

    public async Task<T> ResponseAsync<T>(IMessage request, string? project = null)
        where T : IMessage<T>, new()
    {
        var operation = await CallAsync<Operation>(request, project);
        operation.Done.ShouldBeTrue();
        return operation.Response.Unpack<T>();
    }

    public Task<Study> CreateAsync(StudySpec spec, string displayName = "study", StudyOptions? options = null)
    {
        var study = new Study { DisplayName = displayName, StudySpec = spec };
        return options is null
            ? CallAsync<Study>(new CreateStudyRequest { Parent = Parent, Study = study })
            : Studies.CreateAsync(Parent, study, options);
    }

    public Task<SuggestTrialsResponse> SuggestAsync(Study study, string client = "w1", int count = 1) =>
        ResponseAsync<SuggestTrialsResponse>(
            new SuggestTrialsRequest
            {
                Parent = study.Name,
                SuggestionCount = count,
                ClientId = client,
            }
        );

    public Task<Trial> CompleteAsync(Trial trial, params (string Metric, double Value)[] metrics) =>
        CallAsync<Trial>(new CompleteTrialRequest { Name = trial.Name, FinalMeasurement = Measure(0, metrics) });

    public static Measurement Measure(long step, params (string Metric, double Value)[] metrics) =>
        new()
        {
            StepCount = step,
            Metrics = { metrics.Select(static metric => new Measurement.Types.Metric { MetricId = metric.Metric, Value = metric.Value }) },
        };

    /// <summary>The sentence of a call that is refused with this code.</summary>
    public static async Task<string> RefusedAsync(Code code, Func<Task> call)
    {
        var error = await Should.ThrowAsync<StatusException>(call);
        error.Code.ShouldBe(code, error.Message);
        return error.Message;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(default);
        }

        await _services.DisposeAsync();
    }
}
