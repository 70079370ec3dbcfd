namespace Cairn.Jobs.Executors.Slurm;

/// <summary>Reads the output of <c>sacct --parsable2 --format=JobIDRaw,State,NodeList,JobName</c>.</summary>
internal static class SlurmAccounts
{
    public static IReadOnlyList<SlurmJob> Parse(string output) =>
    [
        .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('|')).Where(static fields => fields.Length >= 4)
            // "CANCELLED by 1000", and "None assigned" where it never ran.
            .Select(static fields => new SlurmJob(fields[0], fields[1].Split(' ')[0], 0, "", fields[2].StartsWith("None", StringComparison.Ordinal) ? "" : fields[2], fields[3])),
    ];
}
