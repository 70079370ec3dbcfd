using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Executors.Slurm;

/// <summary>What Slurm's accounts (slurmdbd) say of jobs that its queue has forgotten.</summary>
internal sealed class SlurmAccounts(SlurmTools tools)
{
    /// <summary>The job's components as the accounts have them; none where there are no accounts, or not of it.</summary>
    /// <param name="id">Slurm's number of the job.</param>
    /// <param name="name">Its name: numbers begin anew where a controller lost its state.</param>
    /// <exception cref="ExecutorAwayException">There are accounts, and they do not answer.</exception>
    public async Task<IReadOnlyList<SlurmJob>> FindAsync(string id, string name, CancellationToken cancellation)
    {
        if (tools.Find("sacct") is null)
        {
            return [];
        }

        try
        {
            var output = await tools.RunAsync(
                "sacct",
                ["--jobs=" + id, "--noheader", "--parsable2", "--allocations", "--format=JobIDRaw,State,NodeList,JobName"],
                cancellation
            );
            return [.. Parse(output).Where(job => job.IsNamed(name))];
        }
        catch (StatusException)
        {
            // "Slurm accounting storage is disabled."
            return [];
        }
    }

    /// <summary>Reads the output of <c>sacct --parsable2 --format=JobIDRaw,State,NodeList,JobName</c>.</summary>
    public static IReadOnlyList<SlurmJob> Parse(string output) =>
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line.Split('|'))
                .Where(static fields => fields.Length >= 4)
                // "CANCELLED by 1000", and "None assigned" where it never ran.
                .Select(static fields => new SlurmJob(
                    fields[0],
                    fields[1].Split(' ')[0],
                    0,
                    "",
                    fields[2].StartsWith("None", StringComparison.Ordinal) ? "" : fields[2],
                    fields[3]
                )),
        ];
}
