using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.ML.V1;
using ClassicAccelerator = Google.Cloud.ML.V1.AcceleratorConfig;
using Scheduling = Google.Cloud.AIPlatform.V1.Scheduling;

namespace Cairn.Classic.Jobs;

/// <summary>A classic training as the specification of a custom job.</summary>
internal static class TrainingSpec
{
    /// <summary>The image that stands for AI Platform's runtime: one Python with the usual frameworks.</summary>
    private const string Runtime = "gcr.io/cloud-ml/training/runtime";

    /// <param name="jobDir">What <c>--job-dir</c> says to the program; empty for none.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED.</exception>
    public static CustomJobSpec Of(TrainingInput input, string jobDir)
    {
        if (input.NasJobSpec is not null)
        {
            throw StatusException.Unimplemented("`training_input.nas_job_spec` is given; architecture search is not there yet.");
        }

        var own = input.MasterConfig?.ImageUri.Length > 0;
        if (own && input.PackageUris.Count > 0)
        {
            throw StatusException.InvalidArgument(
                "`training_input` has `package_uris` and a `master_config.image_uri`; the program is either packages or a container."
            );
        }

        if (!own && (input.PackageUris.Count == 0 || input.PythonModule.Length == 0))
        {
            throw StatusException.InvalidArgument(
                "`training_input` needs `package_uris` and `python_module`, or a container in `master_config.image_uri`."
            );
        }

        var tier = ScaleTier.Of(input);
        var spec = new CustomJobSpec
        {
            Scheduling = Schedule(input),
            ServiceAccount = input.ServiceAccount,
            Network = input.Network,
            EnableWebAccess = input.EnableWebAccess,
        };
        if (input.JobDir.Length > 0)
        {
            spec.BaseOutputDirectory = new GcsDestination { OutputUriPrefix = input.JobDir };
        }

        var pools = new (long Replicas, string Machine, ReplicaConfig? Config)[]
        {
            (1, tier.Machine, input.MasterConfig),
            (tier.Workers, Or(input.WorkerType, tier.Machine), input.WorkerConfig),
            (tier.Servers, Or(input.ParameterServerType, tier.Machine), input.ParameterServerConfig),
            (tier.Evaluators, Or(input.EvaluatorType, tier.Machine), input.EvaluatorConfig),
        };
        var last = Array.FindLastIndex(pools, static pool => pool.Replicas > 0);
        spec.WorkerPoolSpecs.AddRange(
            pools
                .Take(last + 1)
                .Select(pool => pool.Replicas == 0 ? new WorkerPoolSpec() : Pool(input, pool.Replicas, pool.Machine, pool.Config, jobDir))
        );
        return spec;
    }

    private static WorkerPoolSpec Pool(TrainingInput input, long replicas, string machine, ReplicaConfig? config, string jobDir)
    {
        var pool = new WorkerPoolSpec { ReplicaCount = replicas, MachineSpec = Machine(machine, config?.AcceleratorConfig) };
        if (config?.DiskConfig is { } disk)
        {
            pool.DiskSpec = new DiskSpec { BootDiskType = disk.BootDiskType, BootDiskSizeGb = disk.BootDiskSizeGb };
        }

        var image = config?.ImageUri is { Length: > 0 } given ? given : input.MasterConfig?.ImageUri ?? "";
        if (image.Length == 0)
        {
            pool.PythonPackageSpec = new PythonPackageSpec
            {
                ExecutorImageUri = $"{Runtime}:{Or(input.RuntimeVersion, "latest")}",
                PythonModule = input.PythonModule,
                PackageUris = { input.PackageUris },
                Args = { Arguments(input.Args, jobDir) },
            };
            return pool;
        }

        pool.ContainerSpec = new Google.Cloud.AIPlatform.V1.ContainerSpec { ImageUri = image };
        pool.ContainerSpec.Command.AddRange(config?.ContainerCommand ?? []);
        pool.ContainerSpec.Args.AddRange(Arguments([.. config?.ContainerArgs ?? [], .. input.Args], jobDir));
        return pool;
    }

    private static IEnumerable<string> Arguments(IEnumerable<string> given, string jobDir) =>
        jobDir.Length > 0 ? given.Append("--job-dir").Append(jobDir) : given;

    private static MachineSpec Machine(string type, ClassicAccelerator? accelerator)
    {
        var machine = new MachineSpec { MachineType = type };
        if (accelerator is not null && accelerator.Count > 0)
        {
            machine.AcceleratorCount = (int)Math.Min(accelerator.Count, int.MaxValue);
            machine.AcceleratorType = accelerator.Type switch
            {
#pragma warning disable CS0612 // Vertex has retired the type; clients of the older API may still ask for it.
                ClassicAccelerator.Types.Type.NvidiaTeslaK80 => AcceleratorType.NvidiaTeslaK80,
#pragma warning restore CS0612
                ClassicAccelerator.Types.Type.NvidiaTeslaP100 => AcceleratorType.NvidiaTeslaP100,
                ClassicAccelerator.Types.Type.NvidiaTeslaV100 => AcceleratorType.NvidiaTeslaV100,
                ClassicAccelerator.Types.Type.NvidiaTeslaP4 => AcceleratorType.NvidiaTeslaP4,
                ClassicAccelerator.Types.Type.NvidiaTeslaT4 => AcceleratorType.NvidiaTeslaT4,
                ClassicAccelerator.Types.Type.NvidiaTeslaA100 => AcceleratorType.NvidiaTeslaA100,
                ClassicAccelerator.Types.Type.TpuV2 or ClassicAccelerator.Types.Type.TpuV2Pod => AcceleratorType.TpuV2,
                ClassicAccelerator.Types.Type.TpuV3 or ClassicAccelerator.Types.Type.TpuV3Pod => AcceleratorType.TpuV3,
                ClassicAccelerator.Types.Type.TpuV4Pod => AcceleratorType.TpuV4Pod,
                _ => AcceleratorType.Unspecified,
            };
        }

        return machine;
    }

    private static Scheduling? Schedule(TrainingInput input) =>
        input.Scheduling is not { } given
            ? null
            : new Scheduling
            {
                Timeout = given.MaxRunningTime,
                MaxWaitDuration = given.MaxWaitTime,
                RestartJobOnWorkerRestart = given.ResilientToWorkerRestart,
            };

    private static string Or(string given, string otherwise) => given.Length > 0 ? given : otherwise;
}
