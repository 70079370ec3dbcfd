using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.CustomJobs;

/// <summary>Checks a job before anything is stored, and says all that is wrong with it at once.</summary>
internal static partial class CustomJobValidator
{
    private const int MaxDisplayName = 128;
    private const int MaxEnvironment = 100;
    private const int MaxArguments = 1000;
    private const int MaxArgumentBytes = 100_000;
    private const int MaxPackages = 100;
    private const int MaxLabels = 64;
    private const int MaxPools = 4;
    private const int MaxReplicas = 512;

    /// <exception cref="StatusException">INVALID_ARGUMENT, with a sentence for each error; UNIMPLEMENTED for what is not there
    /// yet.</exception>
    public static void Check(CustomJob job)
    {
        var errors = new List<string>();
        CheckNames(job, errors);
        var spec = job.JobSpec ?? new CustomJobSpec();
        if (spec.WorkerPoolSpecs.Count == 0)
        {
            errors.Add("`job_spec.worker_pool_specs` is empty; a job needs one worker pool.");
        }
        else
        {
            CheckPools(spec.WorkerPoolSpecs, errors);
        }

        if (spec.BaseOutputDirectory is { OutputUriPrefix: var output })
        {
            CheckAddress(output, "job_spec.base_output_directory.output_uri_prefix", errors);
        }

        if (spec.Scheduling is { } scheduling)
        {
            CheckDuration(scheduling.Timeout, "job_spec.scheduling.timeout", mayBeZero: false, errors);
            CheckDuration(scheduling.MaxWaitDuration, "job_spec.scheduling.max_wait_duration", mayBeZero: true, errors);
        }

        if (errors.Count > 0)
        {
            throw StatusException.InvalidArgument(string.Join(' ', errors));
        }

        CheckImplemented(spec);
    }

    private static void CheckNames(CustomJob job, List<string> errors)
    {
        if (Characters.Count(job.DisplayName) is 0 or > MaxDisplayName)
        {
            errors.Add($"`display_name` has {job.DisplayName.Length} characters; it must have 1 to {MaxDisplayName}.");
        }

        if (job.Labels.Count > MaxLabels)
        {
            errors.Add($"`labels` has {job.Labels.Count} entries; at most {MaxLabels} are allowed.");
        }

        foreach (var (key, value) in job.Labels.Where(label => !LabelKey().IsMatch(label.Key) || !LabelValue().IsMatch(label.Value)))
        {
            errors.Add(
                $"The label '{Shorten(key)}' = '{Shorten(value)}' is not allowed: keys and values have at most 63 lower-case letters, digits, '_' and '-', and keys begin with a letter."
            );
        }
    }

    private static void CheckPools(IReadOnlyList<WorkerPoolSpec> pools, List<string> errors)
    {
        if (pools.Count > MaxPools)
        {
            errors.Add(
                $"`job_spec.worker_pool_specs` has {pools.Count} pools; at most {MaxPools} are allowed: the chief, the workers, the parameter servers or reducers, and the evaluator."
            );
        }

        for (var i = 0; i < pools.Count; i++)
        {
            var prefix = $"job_spec.worker_pool_specs[{i}]";
            if (pools[i].ReplicaCount < 0)
            {
                errors.Add($"`{prefix}.replica_count` is {pools[i].ReplicaCount}; it must be at least {(i == 0 ? 1 : 0)}.");
            }
            else if (i == 0 && pools[i].ReplicaCount > 1)
            {
                errors.Add(
                    $"`{prefix}.replica_count` is {pools[i].ReplicaCount}; the first pool is the chief's and has exactly 1. Put the other replicas into a second pool, the workers'."
                );
            }

            // A pool is skipped by leaving it empty or, as the client library does, without replicas.
            if (i == 0 || pools[i].ReplicaCount != 0)
            {
                CheckPool(pools[i], prefix, errors);
            }
        }

        if (pools.Sum(static pool => Math.Max(0, pool.ReplicaCount)) is var replicas && replicas > MaxReplicas)
        {
            errors.Add($"The job has {replicas} replicas; at most {MaxReplicas} are allowed.");
        }
    }

    private static void CheckPool(WorkerPoolSpec pool, string prefix, List<string> errors)
    {
        switch (pool.TaskCase)
        {
            case WorkerPoolSpec.TaskOneofCase.None:
                errors.Add($"`{prefix}` has neither a container_spec nor a python_package_spec; it needs one of them.");
                break;
            case WorkerPoolSpec.TaskOneofCase.ContainerSpec:
                var container = pool.ContainerSpec;
                CheckImage(container.ImageUri, $"{prefix}.container_spec.image_uri", errors);
                CheckArguments(container.Command.Concat(container.Args), $"{prefix}.container_spec", errors);
                CheckEnvironment(container.Env, $"{prefix}.container_spec.env", errors);
                break;
            case WorkerPoolSpec.TaskOneofCase.PythonPackageSpec:
                CheckPackage(pool.PythonPackageSpec, $"{prefix}.python_package_spec", errors);
                break;
        }
    }

    private static void CheckPackage(PythonPackageSpec package, string prefix, List<string> errors)
    {
        CheckImage(package.ExecutorImageUri, $"{prefix}.executor_image_uri", errors);
        if (package.PackageUris.Count is 0 or > MaxPackages)
        {
            errors.Add($"`{prefix}.package_uris` has {package.PackageUris.Count} entries; it must have 1 to {MaxPackages}.");
        }

        foreach (var uri in package.PackageUris)
        {
            CheckAddress(uri, $"{prefix}.package_uris", errors);
            if (
                uri.StartsWith("gs://", StringComparison.Ordinal)
                && !uri.EndsWith(".tar.gz", StringComparison.Ordinal)
                && !uri.EndsWith(".tgz", StringComparison.Ordinal)
                && !uri.EndsWith(".zip", StringComparison.Ordinal)
                && !uri.EndsWith(".whl", StringComparison.Ordinal)
            )
            {
                errors.Add(
                    $"`{prefix}.package_uris` has '{Shorten(uri)}', which is no Python package: its name must end in .tar.gz, .tgz, .zip or .whl."
                );
            }
        }

        if (!Module().IsMatch(package.PythonModule))
        {
            errors.Add(
                $"`{prefix}.python_module` is '{Shorten(package.PythonModule)}'; it must be a module's dotted name, such as trainer.task."
            );
        }

        CheckArguments(package.Args, prefix, errors);
        CheckEnvironment(package.Env, $"{prefix}.env", errors);
    }

    private static void CheckImage(string image, string field, List<string> errors)
    {
        if (!Image().IsMatch(image))
        {
            errors.Add(
                $"`{field}` is '{Shorten(image)}'; it must be an image name, such as us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest."
            );
        }
    }

    private static void CheckArguments(IEnumerable<string> arguments, string field, List<string> errors)
    {
        var all = arguments.ToList();
        if (all.Count > MaxArguments || all.Sum(Encoding.UTF8.GetByteCount) > MaxArgumentBytes)
        {
            errors.Add(
                $"`{field}` has {all.Count} arguments of together {all.Sum(Encoding.UTF8.GetByteCount)} bytes; at most {MaxArguments} arguments and {MaxArgumentBytes} bytes are allowed."
            );
        }

        if (all.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add($"`{field}` has an argument with a NUL character, which no program can receive.");
        }
    }

    private static void CheckEnvironment(IReadOnlyCollection<EnvVar> variables, string field, List<string> errors)
    {
        if (variables.Count > MaxEnvironment)
        {
            errors.Add($"`{field}` has {variables.Count} variables; at most {MaxEnvironment} are allowed.");
        }

        var seen = new HashSet<string>();
        foreach (var variable in variables)
        {
            if (!EnvironmentName().IsMatch(variable.Name))
            {
                errors.Add(
                    $"`{field}` has a variable named '{Shorten(variable.Name)}'; names have letters, digits and '_', and do not begin with a digit."
                );
            }
            else if (!seen.Add(variable.Name))
            {
                errors.Add($"`{field}` has the variable '{variable.Name}' twice.");
            }

            if (variable.Value.Contains('\0', StringComparison.Ordinal) || variable.Value.Length > MaxArgumentBytes)
            {
                errors.Add(
                    $"`{field}` has a value for '{Shorten(variable.Name)}' that has a NUL character or is longer than {MaxArgumentBytes} bytes."
                );
            }
        }
    }

    private static void CheckAddress(string address, string field, List<string> errors)
    {
        try
        {
            var uri = GsUri.Parse(address, field);
            if (
                uri.Object.Split('/').Any(part => part is "." or "..")
                || uri.Object.Contains('\0', StringComparison.Ordinal)
                || !Bucket().IsMatch(uri.Bucket)
            )
            {
                errors.Add(
                    $"`{field}` is '{Shorten(address)}', which is no address of an object: it has a part '.' or '..', or no valid bucket name."
                );
            }
        }
        catch (StatusException e)
        {
            errors.Add(e.Message);
        }
    }

    private static void CheckDuration(Duration? duration, string field, bool mayBeZero, List<string> errors)
    {
        if (duration is null)
        {
            return;
        }

        var seconds = duration.Seconds + (duration.Nanos / 1e9);
        if (seconds < 0 || (seconds == 0 && !mayBeZero) || duration.Seconds > 315_576_000_000)
        {
            errors.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"`{field}` is {seconds:0.###} s; it must be {(mayBeZero ? "zero or more" : "more than zero")}."
                )
            );
        }
    }

    private static void CheckImplemented(CustomJobSpec spec)
    {
        if (spec.WorkerPoolSpecs.Any(static pool => pool.NfsMounts.Count + pool.LustreMounts.Count > 0))
        {
            throw StatusException.Unimplemented(
                "A worker pool has `nfs_mounts` or `lustre_mounts`, which are not there yet. Use objects below /gcs."
            );
        }

        if (spec.PersistentResourceId.Length > 0)
        {
            throw StatusException.Unimplemented(
                $"`persistent_resource_id` is '{spec.PersistentResourceId}'; persistent resources are not there yet. Leave it empty."
            );
        }
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,255}\z")]
    private static partial Regex EnvironmentName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\z")]
    private static partial Regex Module();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,1023}\z")]
    private static partial Regex Image();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{1,221}\z")]
    private static partial Regex Bucket();

    [GeneratedRegex(@"\A\p{Ll}[\p{Ll}\p{Lo}0-9_-]{0,62}\z")]
    private static partial Regex LabelKey();

    [GeneratedRegex(@"\A[\p{Ll}\p{Lo}0-9_-]{0,63}\z")]
    private static partial Regex LabelValue();
}
