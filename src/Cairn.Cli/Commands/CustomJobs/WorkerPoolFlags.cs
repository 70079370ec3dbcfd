using System.Globalization;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.CustomJobs;

/// <summary>Reads <c>--worker-pool-spec</c> with gcloud's keys, and gives each pool what the other flags say for all.</summary>
internal sealed record WorkerPoolFlags(
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Command,
    IReadOnlyList<KeyValuePair<string, string>> Environment
)
{
    public WorkerPoolSpec Read(string text)
    {
        var spec = new WorkerPoolSpec
        {
            MachineSpec = new MachineSpec { MachineType = "n1-standard-4" },
            ReplicaCount = 1,
        };
        string? image = null,
            executor = null,
            module = null;
        foreach (var (key, value) in KeyValues.Parse("--worker-pool-spec", [text]))
        {
            switch (key)
            {
                case "machine-type":
                    spec.MachineSpec.MachineType = value;
                    break;
                case "replica-count":
                    spec.ReplicaCount = Number(key, value);
                    break;
                case "accelerator-type":
                    spec.MachineSpec.AcceleratorType = Accelerator(value);
                    break;
                case "accelerator-count":
                    spec.MachineSpec.AcceleratorCount = Number(key, value);
                    break;
                case "boot-disk-size":
                    (spec.DiskSpec ??= new DiskSpec()).BootDiskSizeGb = Number(key, value);
                    break;
                case "boot-disk-type":
                    (spec.DiskSpec ??= new DiskSpec()).BootDiskType = value;
                    break;
                case "container-image-uri":
                    image = value;
                    break;
                case "executor-image-uri":
                    executor = value;
                    break;
                case "python-module":
                    module = value;
                    break;
                case "local-package-path" or "script" or "output-image-uri" or "requirements" or "extra-packages" or "extra-dirs":
                    throw CliException.Usage(
                        $"--worker-pool-spec has '{key}', which builds an image from local files; build a source distribution instead, copy it with 'cairn storage cp', and give --python-package-uris."
                    );
                default:
                    throw CliException.Usage(
                        $"--worker-pool-spec has '{key}', which is none of machine-type, replica-count, accelerator-type, accelerator-count, boot-disk-size, boot-disk-type, container-image-uri, executor-image-uri, python-module."
                    );
            }
        }

        var variables = Environment.Select(p => new EnvVar { Name = p.Key, Value = p.Value });
        if (image is not null)
        {
            spec.ContainerSpec = new ContainerSpec
            {
                ImageUri = image,
                Args = { Arguments },
                Command = { Command },
                Env = { variables },
            };
        }
        else if (executor is not null && module is not null)
        {
            spec.PythonPackageSpec = new PythonPackageSpec
            {
                ExecutorImageUri = executor,
                PythonModule = module,
                PackageUris = { Packages },
                Args = { Arguments },
                Env = { variables },
            };
        }
        else
        {
            throw CliException.Usage("--worker-pool-spec needs container-image-uri, or executor-image-uri and python-module.");
        }

        return spec;
    }

    private static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw CliException.Usage($"--worker-pool-spec has {key}={value}, which is not a whole number.");

    private static AcceleratorType Accelerator(string value) =>
        Enum.TryParse<AcceleratorType>(value.Replace("-", "").Replace("_", ""), ignoreCase: true, out var type)
            ? type
            : throw CliException.Usage(
                $"--worker-pool-spec has accelerator-type={value}, which is no accelerator of the API's, such as NVIDIA_TESLA_T4."
            );
}
