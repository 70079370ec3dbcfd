using System.Globalization;
using Cairn.Jobs.Agent;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Environments;

/// <summary>
/// Sees to it that a task has what its packages require: from its interpreter, or from an environment that adds to it, which is built once
/// for all tasks that need the same.
/// </summary>
internal sealed class EnvironmentInstaller(TaskContext context, ObjectClient objects, TimeProvider time)
{
    /// <summary>The environment to run the task in, or null where its interpreter has all that it needs.</summary>
    /// <exception cref="TaskFailure">Something that is required cannot be had.</exception>
    public async Task<EnvironmentLease?> InstallAsync(CancellationToken cancellation)
    {
        if (context.Record.Interpreter is not { } interpreter || context.PythonPath.Count == 0)
        {
            return null;
        }

        var (check, obstacle) = await RequirementCheck.RunAsync(interpreter, context.PythonPath, cancellation);
        if (check is null)
        {
            context.Log.Say($"The packages' requirements could not be checked: {obstacle}", LogSeverity.Warning);
            return null;
        }

        foreach (var note in check.Notes)
        {
            context.Log.Say(note, LogSeverity.Warning);
        }

        return check.Needed.Count == 0 ? null : await OpenAsync(interpreter, check, cancellation);
    }

    private async Task<EnvironmentLease> OpenAsync(string interpreter, RequirementCheck check, CancellationToken cancellation)
    {
        var asked = string.Join(", ", check.Needed);
        if (context.Record.Environments is not { } settings || (settings.Index is null && settings.FindLinks is null))
        {
            throw new TaskFailure(
                Code.FailedPrecondition,
                $"{PipComplaint.Start(interpreter)}: {asked}. This server has neither a package index nor a folder of wheels to install them from. {PipComplaint.WayOut}"
            );
        }

        var wheels = new WheelSource(settings.FindLinks, context.Directory.In("wheels"), objects);
        var names = check.Needed.Select(static needed => needed.Name).ToHashSet(StringComparer.Ordinal);
        var requirements = check.Needed.Select(static needed => needed.Requirement).ToList();
        var key = EnvironmentKey.Of(check.Interpreter, requirements, settings.Index, await wheels.NamesAsync(names, cancellation));
        var began = time.GetTimestamp();
        var built = false;
        var lease = await new EnvironmentStore(settings.Folder, time).OpenAsync(
            key,
            (folder, stop) =>
            {
                built = true;
                context.Log.Say($"Installing what '{interpreter}' does not have: {asked}.");
                return new EnvironmentBuilder(context, settings, wheels, time).BuildAsync(folder, interpreter, check.Needed, stop);
            },
            () => context.Log.Say("Another task is installing the same packages; waiting for it."),
            cancellation
        );
        var installed = string.Join(", ", lease.Record.Installed);
        context.Log.Say(
            built
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"Installed {installed} in the environment {lease.Name}, in {time.GetElapsedTime(began).TotalSeconds:0.0} s."
                )
                : $"Uses the environment {lease.Name}: {installed}."
        );
        return lease;
    }
}
