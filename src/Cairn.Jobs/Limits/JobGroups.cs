using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Hosting;

namespace Cairn.Jobs.Limits;

/// <summary>
/// The control group in which the agents of this machine make one for each task, which the kernel then holds to its memory and its number
/// of processes (cgroups(7), version 2). It is made where the
/// server's own group has been given to it (delegated), or, for a server that is root, at the top. A group with limits for others may
/// have no processes itself, so the server goes into one below first.
/// </summary>
internal sealed class JobGroups(GroupPlace place, string data, bool root)
{
    private const string Wanted = "+memory +pids";

    private readonly string _name = "cairn-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..8];

    public JobGroups(ServerEnvironment server)
        : this(GroupPlace.Find(), server.DataDirectory, Environment.IsPrivilegedProcess) { }

    /// <summary>The group; null before <see cref="Prepare"/>, and where there is an obstacle.</summary>
    public string? Folder { get; private set; }

    /// <summary>Makes the group. Returns why it cannot be made, or null.</summary>
    public string? Prepare()
    {
        if (place is not { Root: { } top, Own: { } own })
        {
            return "this machine has no control groups of version 2";
        }

        if (Controllers(top) is var known && !(known.Contains("memory") && known.Contains("pids")))
        {
            return "this machine's control groups of version 2 do not have memory and pids";
        }

        string? obstacle = null;
        foreach (var folder in (string[])[own, .. root && own != top ? [top] : (string[])[]])
        {
            obstacle = Try(folder, isTop: folder == top);
            if (obstacle is null)
            {
                Folder = Path.Combine(folder, _name);
                return null;
            }
        }

        return obstacle;
    }

    private string? Try(string folder, bool isTop)
    {
        try
        {
            if (!isTop || File.Exists(Path.Combine(folder, "cgroup.type")))
            {
                MoveBelow(folder);
            }

            CounterFile.Write(Path.Combine(folder, "cgroup.subtree_control"), Wanted);
            var group = Directory.CreateDirectory(Path.Combine(folder, _name)).FullName;
            CounterFile.Write(Path.Combine(group, "cgroup.subtree_control"), Wanted);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"no group with limits can be made in {folder}: {e.Message}";
        }
    }

    /// <summary>Only the root of all groups may have processes beside groups with limits.</summary>
    private static void MoveBelow(string folder)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, "cairn-server")).FullName;
        CounterFile.Write(Path.Combine(own, "cgroup.procs"), Environment.ProcessId);
    }

    private static string[] Controllers(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
