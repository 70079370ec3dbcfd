using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tests.Database;

namespace Cairn.Kernel.Tests.Store;

/// <summary>A resource store on a database of its own, with two kinds of resources.</summary>
public abstract class ResourceStoreTests(DatabaseFixture fixture) : IAsyncLifetime
{
    protected const string Parent = "projects/p/locations/l";

    protected static ResourceKind Jobs { get; } = new("CustomJob", "customJobs", CustomJob.Descriptor);
    protected static ResourceKind Models { get; } = new("Model", "models", Model.Descriptor);

    protected IDatabase Database { get; private set; } = null!;
    protected ResourceStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await fixture.CreateAsync();
        Store = new ResourceStore(Database, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Four jobs with names, states and labels that filters tell apart.</summary>
    protected async Task Fill()
    {
        await InsertJob(
            new CustomJob
            {
                Name = $"{Parent}/customJobs/1",
                DisplayName = "alpha",
                State = JobState.Succeeded,
                Labels = { ["env"] = "prod" },
                JobSpec = new CustomJobSpec
                {
                    WorkerPoolSpecs =
                    {
                        new WorkerPoolSpec
                        {
                            ReplicaCount = 2,
                            ContainerSpec = new ContainerSpec { ImageUri = "docker.io/busybox:1", Args = { "--fast" } },
                        },
                    },
                },
            }
        );
        await InsertJob(
            new CustomJob
            {
                Name = $"{Parent}/customJobs/2",
                DisplayName = "beta",
                State = JobState.Running,
                Labels = { ["env"] = "prod" },
                JobSpec = new CustomJobSpec
                {
                    Scheduling = new Scheduling
                    {
                        RestartJobOnWorkerRestart = true,
                        Timeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(1)),
                    },
                },
            }
        );
        await InsertJob(
            new CustomJob
            {
                Name = $"{Parent}/customJobs/3",
                DisplayName = "alphabet",
                State = JobState.Failed,
                Labels = { ["env"] = "test" },
                JobSpec = new CustomJobSpec { EnableWebAccess = true },
                Error = new Google.Rpc.Status { Code = 3, Message = "bad" },
            }
        );
        await InsertJob(
            new CustomJob
            {
                Name = $"{Parent}/customJobs/4",
                DisplayName = "it's \"quoted\" 50% _x",
                State = JobState.Pending,
            }
        );
    }

    protected Task<CustomJob> InsertJob(CustomJob job) => Store.WriteAsync(session => Store.Insert(session, Jobs, job));

    protected Task<Model> Insert(Model model) => Store.WriteAsync(session => Store.Insert(session, Models, model));

    protected async Task<IReadOnlyList<T>> List<T>(ResourceKind kind, string filter)
        where T : class, Google.Protobuf.IMessage<T> => (await Store.ListAsync<T>(kind, new ListQuery(Parent, filter))).Items;
}
