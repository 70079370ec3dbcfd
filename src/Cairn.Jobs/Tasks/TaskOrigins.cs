using System.Net;
using Cairn.Jobs.Agent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Security;
using Cairn.Processes.Peers;
using Microsoft.AspNetCore.Http;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Tells whose program a connection within this machine is. While no task runs here, and none has just ended, there is no sandbox. Else the
/// kernel tells who has the client's socket: a task's own user where the server is root; a process below a task's agent; or, for certain,
/// some other process that is in no container. What none of these holds, such as a socket on its way between processes, counts as a task's.
/// </summary>
internal sealed class TaskOrigins(IDatabase database, TaskTable tasks, Machine machine, RecentTasks recent) : ICallOrigins
{
    public async ValueTask<CallOrigin> FindAsync(ConnectionInfo connection, CancellationToken cancellation)
    {
        var active = await database.ReadAsync(session => tasks.OfMachine(session, machine.Name), cancellation);
        if (active.Count > 0)
        {
            recent.Saw();
        }

        if (!OperatingSystem.IsLinux() || !recent.Any)
        {
            return CallOrigin.Outside;
        }

        if (
            connection is not { RemoteIpAddress: { } client, LocalIpAddress: { } server }
            || LoopbackSocket.Find(new IPEndPoint(client, connection.RemotePort), new IPEndPoint(server, connection.LocalPort))
                is not { } socket
        )
        {
            return CallOrigin.Unknown;
        }

        foreach (
            var replica in active.Select(machine.Attempt).Select(static gang => gang.Read()).SelectMany(static gang => gang?.Replicas ?? [])
        )
        {
            if (IsOf(replica, socket))
            {
                return await OfAsync(replica, cancellation);
            }
        }

        return socket.Inode != 0 && !SandboxUser.IsOne(socket.User) && IsOutside(socket) ? CallOrigin.Outside : CallOrigin.Unknown;
    }

    private static async Task<CallOrigin> OfAsync(Replica replica, CancellationToken cancellation)
    {
        try
        {
            return new CallOrigin(IsOutside: false, await File.ReadAllTextAsync(replica.Directory.TokenFile, cancellation));
        }
        catch (IOException)
        {
            // The task has just ended, and its token with it.
            return CallOrigin.Unknown;
        }
    }

    private static bool IsOf(Replica replica, LoopbackSocket socket)
    {
        if (SandboxUser.IsOne(socket.User))
        {
            return Sandbox.UserOf(replica.Record).Id == socket.User;
        }

        return socket.Inode != 0
            && replica.Directory.ReadStart() is { } start
            && start.Host == Environment.MachineName
            && ProcessTree.StartTime(start.Pid) == start.PidStart
            && SocketHolders.Any(ProcessTree.Descendants(start.Pid).Select(static child => child.Pid), socket.Inode);
    }

    /// <summary>
    /// Whether the socket is for certain no task's. Another user's can only be a task's where the server is root, or where a container
    /// gives numbers of the server's user away, which are high ones.
    /// </summary>
    private static bool IsOutside(LoopbackSocket socket)
    {
        const uint firstOfContainers = 65_536;
        return (!Environment.IsPrivilegedProcess && socket.User != Libc.GetUserId() && socket.User < firstOfContainers)
            || SocketHolders.AnyBesideThisOne(socket.Inode);
    }
}
