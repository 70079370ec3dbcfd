namespace Cairn.Jobs.Executors;

/// <summary>Executors that keep a line of their own, on other machines.</summary>
internal static class Schedulers
{
    /// <summary>Their names, as SQL.</summary>
    public const string Names = "('slurm', 'kubernetes')";

    /// <summary>Whether an executor is one.</summary>
    public static bool Has(string executor) => executor is "slurm" or "kubernetes";
}
