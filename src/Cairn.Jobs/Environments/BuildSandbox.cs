using Cairn.Jobs.Agent;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Environments;

/// <summary>
/// Where environments are built: installing a source package runs code of it, so this happens in bubblewrap as the task itself does, with the network, and with
/// one folder to write to. It ends when the agent does.
/// </summary>
/// <param name="command">What every command line begins with.</param>
internal sealed class BuildSandbox(IReadOnlyList<string> command)
{
    /// <summary>Variables of the server's that say how to reach an index.</summary>
    public static readonly string[] Proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

    /// <param name="context">The task that needs the environment.</param>
    /// <param name="folder">The environment's folder.</param>
    /// <param name="readable">Folders that may be read.</param>
    /// <exception cref="TaskFailure">Tasks must be kept in a sandbox here, and cannot.</exception>
    public static async Task<BuildSandbox> CreateAsync(TaskContext context, string folder, IEnumerable<string> readable, CancellationToken cancellation)
    {
        var temporary = Directory.CreateDirectory(context.Directory.In("build")).FullName;
        var obstacle = context.Record.Sandbox == JobSandbox.Off ? "this server is configured not to use one" : await ProcessLauncher.ObstacleAsync(cancellation);
        if (obstacle is null)
        {
            return new BuildSandbox(
            [
                HostTools.Find("bwrap")!, .. Sandbox.System("environment"), "--bind", temporary, "/tmp",
                .. readable.SelectMany(static path => (string[])["--ro-bind", path, path]), "--bind", folder, folder, "--chdir", "/tmp", "--",
            ]);
        }

        if (context.Record.Sandbox == JobSandbox.Required)
        {
            throw new TaskFailure(Code.FailedPrecondition, $"This server installs packages in a sandbox only, and cannot: {obstacle}.");
        }

        context.Log.Say($"Packages are installed without a sandbox: {obstacle}.", LogSeverity.Warning);
        var setpriv = HostTools.Find("setpriv") ?? throw new TaskFailure(Code.FailedPrecondition, "Tasks need the program 'setpriv' (of util-linux) on this machine.");
        return new BuildSandbox([setpriv, "--pdeathsig", "KILL", "--"]);
    }

    public Task<ToolResult> RunAsync(IReadOnlyList<string> program, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(HostTools.Environment) { ["HOME"] = "/tmp" };
        foreach (var name in Proxies)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        return HostTools.RunTiedAsync(command[0], [.. command.Skip(1), .. program], environment, cancellation);
    }
}
