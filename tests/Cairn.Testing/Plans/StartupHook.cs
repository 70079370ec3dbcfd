using System.Diagnostics;
using Cairn.Testing.Plans;

/// <summary>
/// What .NET calls before a program's own beginning, by this name and without a namespace, where <see cref="StatementPlans.Watch"/> asked
/// for it.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        // What this process starts is not watched: tasks, agents and workers have no database.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        if (Environment.GetEnvironmentVariable(StatementPlans.FolderVariable) is { Length: > 0 } folder)
        {
            DiagnosticListener.AllListeners.Subscribe(new PlanListener(folder));
        }
    }
}
