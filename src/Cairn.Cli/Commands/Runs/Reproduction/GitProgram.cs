using System.Diagnostics;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>
/// The git program, which changes files in one folder. Hooks of the repository are not run, and addresses may use no transport that starts
/// programs.
/// </summary>
internal sealed class GitProgram(string folder)
{
    public string Folder => folder;

    public async Task<bool> HasCommitAsync(string commit, CancellationToken cancellation) =>
        Directory.Exists(folder) && (await CallAsync(["cat-file", "-e", commit + "^{commit}"], cancellation)).Code == 0;

    /// <returns>What it wrote.</returns>
    /// <exception cref="CliException">It failed.</exception>
    public async Task<string> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        var (code, output, error) = await CallAsync(arguments, cancellation);
        return code == 0
            ? output
            : throw new CliException(
                $"git {arguments[0]} failed: {string.Join(' ', error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}"
            );
    }

    private async Task<(int Code, string Output, string Error)> CallAsync(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("git", ["-c", "core.hooksPath=/dev/null", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_ALLOW_PROTOCOL"] = "https:http:ssh:git:file";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new CliException("git could not be started.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"git could not be started: {e.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            try
            {
                await process.WaitForExitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return (process.ExitCode, await output, await error);
        }
    }
}
