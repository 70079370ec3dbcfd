using Cairn.Processes.Children;

namespace Cairn.Processes.Sandboxing;

/// <summary>Whether this machine permits the sandbox: tried with a program that does nothing, under the policy that holds for
/// all.</summary>
internal static class SandboxProbe
{
    /// <summary>The first bubblewrap that can make a folder with permissions, in words for a person.</summary>
    private const string LeastVersion = "0.5";

    /// <summary>Where bubblewrap is, or null.</summary>
    public static string? Bubblewrap => HostTools.Find("bwrap");

    /// <summary>Why programs cannot be kept in bubblewrap on this machine, or null where they can.</summary>
    public static async Task<string?> ObstacleAsync(CancellationToken cancellation)
    {
        if (Bubblewrap is not { } bubblewrap)
        {
            return "bubblewrap is not installed";
        }

        var policy = new SandboxPolicy(SandboxUser.Of("probe")) { Network = true };
        if (policy.User.Id is not null && HostTools.Find("setpriv") is null)
        {
            return "the program 'setpriv' (of util-linux) is not installed, with which a server that is root gives tasks a user of their own";
        }

        if (ProgramLimits.Obstacle is { } obstacle)
        {
            return obstacle;
        }

        using var filter = SeccompFilter.Open();
        var result = await HostTools.RunAsync(
            bubblewrap,
            [.. MountPoints.Open(policy.Arguments(filter)), "--", .. policy.Program(["/usr/bin/true"])],
            HostTools.Environment,
            cancellation
        );
        return result.ExitCode == 0 ? null
            : result.Complaint.Contains("--perms", StringComparison.Ordinal) ? $"bubblewrap is older than {LeastVersion}"
            : $"bubblewrap cannot be used: {result.Complaint}";
    }
}
