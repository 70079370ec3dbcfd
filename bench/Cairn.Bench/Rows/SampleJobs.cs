using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Bench.Rows;

/// <summary>Resources as the store holds them: small jobs that differ in what listings select and order by.</summary>
internal static class SampleJobs
{
    public const string Parent = "projects/bench/locations/us-central1";

    public static readonly ResourceKind Kind = new("CustomJob", "customJobs", CustomJob.Descriptor);

    private static readonly JobState[] States =
    [
        JobState.Succeeded,
        JobState.Running,
        JobState.Failed,
        JobState.Pending,
        JobState.Cancelled,
    ];

    /// <summary>Names are as random as the server's own.</summary>
    public static CustomJob Make(int index, Random random) =>
        new()
        {
            Name = $"{Parent}/customJobs/{random.NextInt64(1L << 62)}",
            DisplayName = $"train-{index % 1000:000}",
            State = States[index % States.Length],
            JobSpec = new CustomJobSpec
            {
                BaseOutputDirectory = new GcsDestination { OutputUriPrefix = $"gs://bench/out/{index}" },
                WorkerPoolSpecs =
                {
                    new WorkerPoolSpec
                    {
                        ReplicaCount = 1,
                        MachineSpec = new MachineSpec { MachineType = "n1-standard-4" },
                        ContainerSpec = new ContainerSpec { ImageUri = "example.com/train:1", Args = { "--index", $"{index}" } },
                    },
                },
            },
        };

    /// <summary>The columns of a row, ready to be bound.</summary>
    public static object[] Row(CustomJob job, long time) =>
        [
            job.Name,
            Kind.Name,
            Parent,
            job.Name[(job.Name.LastIndexOf('/') + 1)..],
            job.DisplayName,
            "JOB_STATE_" + job.State.ToString().ToUpperInvariant(),
            time,
            time,
            job.ToByteArray(),
            JsonFormatter.Default.Format(job),
        ];
}
