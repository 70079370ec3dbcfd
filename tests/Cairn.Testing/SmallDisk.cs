using System.Diagnostics;

namespace Cairn.Testing;

/// <summary>A file system of a few mebibytes, which a test can fill. It is gone with the test.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private SmallDisk() => Directory.CreateDirectory(Folder);

    /// <summary>Why a test skips where there is none.</summary>
    public const string Missing = "A small file system cannot be mounted here.";

    public string this[string path] => Path.Combine(Folder, path);

    private string Folder => _scratch["disk"];

    /// <summary>Mounts one of so many mebibytes; null where this user may not.</summary>
    public static SmallDisk? TryMount(int mebibytes)
    {
        var disk = new SmallDisk();
        if (Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", disk.Folder))
        {
            return disk;
        }

        disk._scratch.Dispose();
        return null;
    }

    /// <summary>Leaves no byte free; <see cref="Free"/> gives them back.</summary>
    public void Fill()
    {
        using var file = new FileStream(this["filler"], FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = new byte[1 << 20]; piece.Length > 0; )
        {
            try
            {
                file.Write(piece);
            }
            catch (IOException)
            {
                piece = new byte[piece.Length / 4];
            }
        }
    }

    public void Free() => File.Delete(this["filler"]);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        _scratch.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
