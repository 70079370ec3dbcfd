using Cairn.Kernel.Errors;
using Cairn.Kernel.Tests.Database;
using Cairn.Metadata;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.Tracking.Tests.Metadata;

/// <summary>What the tests of the metadata service share: a host for each test, and short ways to make nodes.</summary>
public abstract class MetadataTest(DatabaseFixture fixture) : IAsyncLifetime
{
    protected const string Store = MetadataHost.Store;

    protected MetadataHost Host { get; private set; } = null!;

    protected MetadataService Service => Host.Service;

    public async ValueTask InitializeAsync() => Host = await MetadataHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected Task<Artifact> Artifact(string id, Artifact? artifact = null) =>
        Service.CreateArtifact(
            new CreateArtifactRequest
            {
                Parent = Store,
                ArtifactId = id,
                Artifact = artifact ?? new Artifact(),
            },
            MetadataHost.Call
        );

    protected Task<Execution> Execution(string id, Execution? execution = null) =>
        Service.CreateExecution(
            new CreateExecutionRequest
            {
                Parent = Store,
                ExecutionId = id,
                Execution = execution ?? new Execution(),
            },
            MetadataHost.Call
        );

    protected Task<Context> Context(string id, Context? context = null) =>
        Service.CreateContext(
            new CreateContextRequest
            {
                Parent = Store,
                ContextId = id,
                Context = context ?? new Context(),
            },
            MetadataHost.Call
        );

    protected Task Children(string parent, params string[] children) =>
        Service.AddContextChildren(
            new AddContextChildrenRequest
            {
                Context = Name("contexts", parent),
                ChildContexts = { children.Select(static child => Name("contexts", child)) },
            },
            MetadataHost.Call
        );

    protected Task Members(string context, string[] artifacts, string[] executions) =>
        Service.AddContextArtifactsAndExecutions(
            new AddContextArtifactsAndExecutionsRequest
            {
                Context = Name("contexts", context),
                Artifacts = { artifacts.Select(static id => Name("artifacts", id)) },
                Executions = { executions.Select(static id => Name("executions", id)) },
            },
            MetadataHost.Call
        );

    protected Task Events(string execution, string[] inputs, string[] outputs) =>
        Service.AddExecutionEvents(
            new AddExecutionEventsRequest
            {
                Execution = Name("executions", execution),
                Events =
                {
                    inputs.Select(static id => new Event { Artifact = Name("artifacts", id), Type = Event.Types.Type.Input }),
                    outputs.Select(static id => new Event { Artifact = Name("artifacts", id), Type = Event.Types.Type.Output }),
                },
            },
            MetadataHost.Call
        );

    protected async Task<string[]> ListArtifacts(string filter) =>
        [
            .. (await Service.ListArtifacts(new ListArtifactsRequest { Parent = Store, Filter = filter }, MetadataHost.Call))
                .Artifacts.Select(static node => Id(node.Name))
                .Order(StringComparer.Ordinal),
        ];

    protected async Task<string[]> ListExecutions(string filter) =>
        [
            .. (await Service.ListExecutions(new ListExecutionsRequest { Parent = Store, Filter = filter }, MetadataHost.Call))
                .Executions.Select(static node => Id(node.Name))
                .Order(StringComparer.Ordinal),
        ];

    protected async Task<string[]> ListContexts(string filter) =>
        [
            .. (await Service.ListContexts(new ListContextsRequest { Parent = Store, Filter = filter }, MetadataHost.Call))
                .Contexts.Select(static node => Id(node.Name))
                .Order(StringComparer.Ordinal),
        ];

    protected static string Name(string collection, string id) => $"{Store}/{collection}/{id}";

    protected static string Id(string name) => name[(name.LastIndexOf('/') + 1)..];

    protected static async Task<StatusException> Refused(Code code, Func<Task> call)
    {
        var error = await Should.ThrowAsync<StatusException>(call);
        error.Code.ShouldBe(code, error.Message);
        return error;
    }
}
