using System.Diagnostics;

namespace Cairn.Testing.Plans;

/// <summary>
/// A fixture of every test project: looks at the plan of each statement that any of its tests has SQLite run, in this process and in the
/// servers that it starts, and fails the run where one goes through a whole table and is not on the list with a reason
/// (<see cref="KnownPlans"/>). Plans do not depend on what a store holds (<see cref="Kernel.Database.MigrationSet.SqliteStatistics"/>), so
/// that they are looked at where the statements are run, on the small stores that tests have. The environment's
/// <c>CAIRN_PLANS</c> names a folder to which all statements are written with their plans.
/// </summary>
public sealed class StatementPlans : IDisposable
{
    /// <summary>The variable that tells a server's process where to write what it finds.</summary>
    internal const string FolderVariable = "CAIRN_PLAN_FAULTS";

    private static string? _folder;

    private readonly ScratchDirectory _scratch = new();
    private readonly IDisposable _subscription;

    public StatementPlans()
    {
        _folder = Directory.CreateDirectory(_scratch["faults"]).FullName;
        _subscription = DiagnosticListener.AllListeners.Subscribe(new PlanListener(_folder));
    }

    /// <summary>
    /// Has a process that is to be started look at its statements too: what a program of .NET runs first is in this assembly.
    /// </summary>
    public static void Watch(ProcessStartInfo start)
    {
        if (_folder is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StatementPlans).Assembly.Location;
            start.Environment[FolderVariable] = _folder;
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        var faults = Directory.GetFiles(_folder!).SelectMany(File.ReadAllLines).Distinct().Order().ToList();
        _folder = null;
        _scratch.Dispose();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(
                $"{faults.Count} statements do work that grows with the store. Give them an index, or list them in {nameof(KnownPlans)} with the reason why that is right.\n{string.Join('\n', faults)}"
            );
        }
    }
}
