using System.Diagnostics;
using System.Globalization;

namespace Cairn.Processes.Sandboxing;

/// <summary>bubblewrap's options for folders of a sandbox that are in memory: each is as large as is said, or cannot be written.</summary>
internal static class PrivateFiles
{
    /// <summary>
    /// The last options of all: what bubblewrap made for itself, <c>/</c> and <c>/dev</c>, is memory without a bound, and is not written
    /// any more. Devices, and what is mounted below, stay as they are.
    /// </summary>
    public static IReadOnlyList<string> Sealed { get; } = ["--remount-ro", "/dev", "--remount-ro", "/"];

    /// <summary>bubblewrap before 0.7 cannot bound a folder in memory; the kernel bounds it then, at half of the machine's
    /// memory.</summary>
    private static readonly Lazy<bool> Bounded = new(static () => IsBounding(SandboxProbe.Bubblewrap));

    /// <summary>Finds out what <see cref="InMemory"/> needs to know of this machine's bubblewrap, so that it need not wait for that.</summary>
    public static void LookAhead() => _ = Bounded.Value;

    /// <summary>A folder in memory that everybody may write.</summary>
    /// <param name="path">Where the program sees it.</param>
    /// <param name="bytes">How much it holds; null for the kernel's own measure, half of the machine's memory.</param>
    public static IReadOnlyList<string> InMemory(string path, long? bytes) =>
        [
            "--perms",
            "1777",
            .. bytes is { } most && Bounded.Value ? (string[])["--size", most.ToString(CultureInfo.InvariantCulture)] : [],
            "--tmpfs",
            path,
        ];

    private static bool IsBounding(string? bubblewrap)
    {
        if (bubblewrap is null)
        {
            return false;
        }

        using var process = Process.Start(
            new ProcessStartInfo(bubblewrap, ["--help"]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        // Both are short enough for the pipes, so neither holds the program up while the other is read.
        var help = process.StandardOutput.ReadToEnd();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return help.Contains("--size", StringComparison.Ordinal);
    }
}
