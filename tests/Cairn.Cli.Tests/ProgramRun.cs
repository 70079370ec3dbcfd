using System.Diagnostics;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

/// <summary>One run of the real program.</summary>
internal sealed record ProgramRun(int Code, string Output, string Error)
{
    /// <param name="server">Its address goes to CAIRN_ENDPOINT; null where the arguments tell it.</param>
    /// <param name="environment">More variables.</param>
    public static async Task<ProgramRun> OfAsync(
        ServerProcess? server,
        string[] args,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null
    )
    {
        var start = new ProcessStartInfo(ServerProcess.Executable, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("CAIRN_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        if (server is not null)
        {
            start.Environment["CAIRN_ENDPOINT"] = server.Http;
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"cairn {string.Join(' ', args)} did not end within five minutes.", late);
        }

        return new ProgramRun(process.ExitCode, await output, await error);
    }

    /// <summary>The run worked; returns its output.</summary>
    public string ShouldWork()
    {
        Code.ShouldBe(0, $"{Output}\n{Error}");
        return Output;
    }

    /// <summary>The call failed, and was told in one sentence that has these words.</summary>
    public void ShouldFail(params string[] words)
    {
        Code.ShouldBe(1, Output);
        Output.ShouldBeEmpty();
        Error.ShouldStartWith("cairn: ");
        Error.TrimEnd().Split('\n').Length.ShouldBe(1, Error);
        foreach (var word in words)
        {
            Error.ShouldContain(word);
        }
    }
}
