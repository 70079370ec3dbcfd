using System.Globalization;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors.Slurm;

/// <summary>
/// The arguments of <c>sbatch</c> for a gang. Where its pools ask for the same, they are the tasks of one job; where they differ, the job
/// has a component for each pool (Slurm's heterogeneous jobs), as an allocation in which all have what the greediest needs would be wasted
/// on the others. Either way they start together.
/// </summary>
internal static class SlurmSubmission
{
    /// <summary>What is between a job's name and the number of its component.</summary>
    public const char ComponentMark = '.';

    /// <summary>How much longer than the task a job may take: for what it reads before and what it publishes after.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Stands for the <c>:</c> between the components in the script's arguments, where <c>sbatch</c> would take it for its own.
    /// </summary>
    private const string And = "and";

    /// <summary>
    /// What Slurm runs on the first node: it starts an agent for each replica, on all of them. It is the same for all jobs.
    /// </summary>
    public const string Script = $"""
        #!/bin/sh
        n=$#
        while [ "$n" -gt 0 ]; do
          if [ "$1" = {And} ]; then set -- "$@" :; else set -- "$@" "$1"; fi
          shift
          n=$((n - 1))
        done
        exec srun "$@"

        """;

    public static string Name(Gang gang) => string.Create(CultureInfo.InvariantCulture, $"cairn-{gang.Record.Task}-{gang.Record.Attempt}");

    public static string ScriptFile(Gang gang) => Path.Combine(gang.Directory.Path, "slurm.sh");

    public static string OutputFile(Gang gang) => Path.Combine(gang.Directory.Path, "slurm.out");

    /// <param name="gang">The gang.</param>
    /// <param name="options">The server's configuration.</param>
    /// <param name="environment">The agents' environment.</param>
    public static IReadOnlyList<string> Arguments(Gang gang, JobsOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var components = Components(gang);
        List<string> submit = ["--parsable"];
        List<string> run = [];
        for (var i = 0; i < components.Count; i++)
        {
            var (record, count) = components[i];
            var each = Each(record, count, options);
            submit.AddRange(i == 0 ? [] : [":"]);
            submit.AddRange(Job(gang, i, options, environment));
            submit.AddRange(each);
            submit.AddRange(options.Slurm.Submit);
            run.AddRange(i == 0 ? [] : [And]);
            run.AddRange(components.Count > 1 ? [$"--het-group={i}"] : []);
            run.AddRange(each);

            // One agent that dies takes the others with it, as an attempt without it is lost; agents that end by themselves wait for
            // nobody.
            run.AddRange(["--kill-on-bad-exit=1", "--wait=0", record.Cairn, "agent", "--member", gang.Directory.Path]);
        }

        return [.. submit, ScriptFile(gang), .. run];
    }

    /// <summary>Neighbouring replicas that ask for the same.</summary>
    private static List<(TaskRecord Record, int Count)> Components(Gang gang)
    {
        var components = new List<(TaskRecord Record, int Count)>();
        foreach (var replica in gang.Replicas)
        {
            if (components.Count > 0 && components[^1].Record.Resources == replica.Record.Resources)
            {
                components[^1] = components[^1] with { Count = components[^1].Count + 1 };
            }
            else
            {
                components.Add((replica.Record, 1));
            }
        }

        return components;
    }

    private static List<string> Job(Gang gang, int component, JobsOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var record = gang.Replicas[0].Record;
        var slurm = options.Slurm;
        var suffix = component == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{ComponentMark}{component}");
        List<string> arguments =
        [
            $"--job-name={Name(gang)}{suffix}",
            $"--comment=projects/{record.Project}/locations/{record.Location}/customJobs/{record.Task}",
            $"--chdir={gang.Directory.Path}",
            $"--output={Escape(OutputFile(gang))}",
            "--open-mode=append",
            // An attempt begins once. What is lost is begun anew by the job's own policy, with a new attempt.
            "--no-requeue",
            // Should it have been submitted twice, the second waits until the first is over, and finds nothing to do.
            "--dependency=singleton",
            $"--export={string.Join(',', environment.Where(static pair => !pair.Value.Contains(',', StringComparison.Ordinal)).Select(static pair => $"{pair.Key}={pair.Value}"))}",
        ];
        if (record.TimeoutSeconds < options.DefaultTimeout.TotalSeconds)
        {
            arguments.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--time={Math.Ceiling((TimeSpan.FromSeconds(record.TimeoutSeconds) + Margin).TotalMinutes):0}"
                )
            );
        }

        arguments.AddRange(slurm.Partition is { } partition ? [$"--partition={partition}"] : []);
        arguments.AddRange(slurm.Account is { } account ? [$"--account={account}"] : []);
        arguments.AddRange(slurm.Qos is { } qos ? [$"--qos={qos}"] : []);
        return arguments;
    }

    /// <summary>What each replica asks for: of <c>sbatch</c>, and the same of <c>srun</c>, which does not take it over.</summary>
    private static List<string> Each(TaskRecord record, int count, JobsOptions options)
    {
        var resources = record.Resources;
        List<string> arguments = [string.Create(CultureInfo.InvariantCulture, $"--ntasks={count}")];
        if (resources is { Cpus: > 0 and var cpus })
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--cpus-per-task={cpus}"));

            // Not --mem, which is a node's, however many replicas it has.
            arguments.AddRange(
                resources.MemoryMib > 0
                    ? [string.Create(CultureInfo.InvariantCulture, $"--mem-per-cpu={(resources.MemoryMib + cpus - 1) / cpus}M")]
                    : []
            );
        }

        if (resources is { Gpus: > 0 and var gpus })
        {
            var type = resources.GpuType is { } name && options.Slurm.Gpus.TryGetValue(name, out var known) ? known + ":" : "";
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--gpus-per-task={type}{gpus}"));
        }

        return arguments;
    }

    /// <summary>In the names of output files, Slurm replaces what follows a percent sign.</summary>
    private static string Escape(string path) => path.Replace("%", "%%", StringComparison.Ordinal);
}
