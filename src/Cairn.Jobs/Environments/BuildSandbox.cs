using Cairn.Jobs.Agent;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Environments;

/// <summary>
/// Where environments are built: installing a source package runs code of it, so this happens in bubblewrap as the task itself does, with
/// the network, and with one folder to write to. It ends when the agent does.
/// </summary>
/// <param name="command">What every command line begins with, from the filter of system calls.</param>
/// <param name="inside">What is run then, from the program.</param>
internal sealed class BuildSandbox(
    Func<InheritedFile?, IReadOnlyList<string>> command,
    Func<IReadOnlyList<string>, IReadOnlyList<string>> inside
)
{
    /// <summary>Variables of the server's that say how to reach an index.</summary>
    public static readonly string[] Proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

    /// <param name="context">The task that needs the environment.</param>
    /// <param name="folder">The environment's folder.</param>
    /// <param name="readable">Folders that may be read.</param>
    /// <exception cref="TaskFailure">Tasks must be kept in a sandbox here, and cannot.</exception>
    public static async Task<BuildSandbox> CreateAsync(
        TaskContext context,
        string folder,
        IEnumerable<string> readable,
        CancellationToken cancellation
    )
    {
        var temporary = Directory.CreateDirectory(context.Directory.In("build")).FullName;
        var obstacle =
            context.Record.Sandbox == SandboxMode.Off
                ? "this server is configured not to use one"
                : await SandboxProbe.ObstacleAsync(cancellation);
        if (obstacle is null)
        {
            var policy = new SandboxPolicy(Sandbox.UserOf(context.Record))
            {
                HostName = "environment",
                Network = true,
                OverridesPermissions = true,
                Limits = Sandbox.LimitsOf(context.Record),
            };
            policy.User.Give(temporary);
            policy.User.Give(folder);
            return new BuildSandbox(
                filter =>
                    [
                        SandboxProbe.Bubblewrap!,
                        .. MountPoints.Open([
                            .. policy.Arguments(filter),
                            "--bind",
                            temporary,
                            "/tmp",
                            .. readable.SelectMany(static path => (string[])["--ro-bind", path, path]),
                            "--bind",
                            folder,
                            folder,
                            .. PrivateFiles.Sealed,
                            "--chdir",
                            "/tmp",
                            "--",
                        ]),
                    ],
                program => policy.Program(program)
            );
        }

        if (context.Record.Sandbox == SandboxMode.Required)
        {
            throw new TaskFailure(Code.FailedPrecondition, $"This server installs packages in a sandbox only, and cannot: {obstacle}.");
        }

        context.Log.Say($"Packages are installed without a sandbox: {obstacle}.", LogSeverity.Warning);
        var setpriv =
            HostTools.Find("setpriv")
            ?? throw new TaskFailure(Code.FailedPrecondition, "Tasks need the program 'setpriv' (of util-linux) on this machine.");
        return new BuildSandbox(
            _ => [setpriv, "--pdeathsig", "KILL", "--"],
            program => context.Record.Limits.OfProgram().Apply(program, ownProcesses: false)
        );
    }

    public async Task<ToolResult> RunAsync(IReadOnlyList<string> program, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(HostTools.Environment) { ["HOME"] = "/tmp" };
        foreach (var name in Proxies)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        using var filter = SeccompFilter.Open();
        var line = command(filter);
        return await HostTools.RunTiedAsync(line[0], [.. line.Skip(1), .. inside(program)], environment, cancellation);
    }
}
