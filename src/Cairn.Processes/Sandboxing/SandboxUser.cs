using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Processes.Sandboxing;

/// <summary>
/// Whom a program in a sandbox runs as. A server that is root gives each program a user of its own, which nothing else on the machine is:
/// to the kernel and to other programs' sockets it is nobody. Elsewhere the program is the server's user, in a user namespace that has no
/// other.
/// </summary>
/// <param name="Id">The number of the user and of its only group; null for the server's own user.</param>
internal readonly record struct SandboxUser(uint? Id)
{
    /// <summary>The first of the numbers that sandboxed programs get. No distribution gives numbers of this range to anybody (systemd's
    /// table, "Users, Groups, UIDs and GIDs on systemd Systems").</summary>
    private const uint First = 2_000_000_000;

    private const uint Count = 100_000_000;

    private static readonly Lazy<bool> Available = new(static () =>
        Environment.IsPrivilegedProcess && Maps("/proc/self/uid_map") && Maps("/proc/self/gid_map")
    );

    /// <summary>The user of a program, the same for the same name.</summary>
    /// <param name="program">What tells the program from others, such as a task's id and its replica.</param>
    public static SandboxUser Of(string program)
    {
        if (!Available.Value)
        {
            return default;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(program));
        return new SandboxUser(First + (BinaryPrimitives.ReadUInt32BigEndian(hash) % Count));
    }

    /// <summary>Whether a user is one of those that sandboxed programs get.</summary>
    public static bool IsOne(uint user) => user is >= First and < First + Count;

    /// <summary>Makes the program the owner of a folder or file that it may write; nothing happens where it is the server's
    /// user.</summary>
    public void Give(string path)
    {
        if (Id is { } user && Interop.Libc.ChangeOwner(path, user, user) != 0)
        {
            throw new IOException(
                $"'{path}' cannot be given to the user {user} of a sandbox: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}."
            );
        }
    }

    /// <summary>A server that is root of a container may have fewer users than a machine has.</summary>
    private static bool Maps(string file)
    {
        try
        {
            return File.ReadLines(file)
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(static map =>
                    long.Parse(map[0], CultureInfo.InvariantCulture) <= First
                    && long.Parse(map[0], CultureInfo.InvariantCulture) + long.Parse(map[2], CultureInfo.InvariantCulture) >= First + Count
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
