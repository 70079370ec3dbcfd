using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Cairn.Cli.Provenance;

/// <summary>
/// Asks <c>git</c> about a folder. It only reads: no lock is taken, no hook, helper or pager is run, and nobody is asked for a password.
/// </summary>
internal sealed class Git(string folder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string[] Reading =
    [
        "--no-pager",
        "--no-optional-locks",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.quotePath=false",
    ];

    /// <summary>
    /// What a command prints, without the last line end; null where it fails, takes too long, prints more than <paramref name="maxBytes"/>,
    /// or there is no git.
    /// </summary>
    public async Task<string?> AskAsync(int maxBytes, CancellationToken cancellation, params string[] arguments)
    {
        var (output, whole) = await ReadAsync(maxBytes, cancellation, arguments);
        return whole && output is not null ? Encoding.UTF8.GetString(output).TrimEnd('\n') : null;
    }

    /// <summary>What a command prints as it is, up to a limit, and whether that is all; null where it fails or there is no git.</summary>
    public async Task<(byte[]? Output, bool Whole)> ReadAsync(int maxBytes, CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", [.. Reading, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["LC_ALL"] = "C.UTF-8";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            return (null, true);
        }

        using (process)
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(Limit);
            try
            {
                process.StandardInput.Close();
                var complaints = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
                var buffer = new byte[maxBytes + 1];
                var count = await process.StandardOutput.BaseStream.ReadAtLeastAsync(
                    buffer,
                    buffer.Length,
                    throwOnEndOfStream: false,
                    limit.Token
                );
                if (count > maxBytes)
                {
                    process.Kill();
                    return (buffer[..maxBytes], false);
                }

                await complaints;
                await process.WaitForExitAsync(limit.Token);
                return (process.ExitCode == 0 ? buffer[..count] : null, true);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                cancellation.ThrowIfCancellationRequested();
                return (null, true);
            }
        }
    }
}
