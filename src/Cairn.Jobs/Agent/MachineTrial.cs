using System.Text;
using Cairn.Jobs.Interop;

namespace Cairn.Jobs.Agent;

/// <summary>
/// What a machine was found to permit a moment ago, which the next tasks then need not try. It stands in files of the folder of all tasks,
/// one for each machine and thing; what a machine did not permit is tried again each time.
/// </summary>
/// <param name="folder">The folder of all tasks.</param>
/// <param name="what">What was tried: a word.</param>
internal sealed class MachineTrial(string folder, string what)
{
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(10);

    private string File => Path.Combine(folder, $"permits-{what}.{Environment.MachineName}");

    /// <summary>Whether it went well here within the last minutes.</summary>
    public bool Holds()
    {
        try
        {
            return DateTime.UtcNow - System.IO.File.GetLastWriteTimeUtc(File) is var age
                && age >= TimeSpan.Zero
                && age < Lasting
                && UntrustedFolder.ReadFile(File, 4_096) is { } text
                && text.AsSpan().SequenceEqual(Here());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Notes that it has just gone well.</summary>
    public void Passed()
    {
        try
        {
            DurableFile.Write(File, Here(), durable: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is tried again.
        }
    }

    /// <summary>Notes that it has just gone wrong.</summary>
    public void Forget() => System.IO.File.Delete(File);

    /// <summary>
    /// A machine since its start, as this process sees it: in another container, or as another user, it may permit other things.
    /// </summary>
    private static byte[] Here() =>
        Encoding.UTF8.GetBytes(
            string.Join(
                '\n',
                System.IO.File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
                new FileInfo("/proc/self/ns/user").LinkTarget,
                new FileInfo("/proc/self/ns/mnt").LinkTarget,
                Libc.GetUserId()
            )
        );
}
