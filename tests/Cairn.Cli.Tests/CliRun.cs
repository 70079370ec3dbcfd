using Cairn.Cli.Shell;

namespace Cairn.Cli.Tests;

/// <summary>One run of the command line: its exit code and what it wrote.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    public static async Task<CliRun> OfAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Shell.Cli.RunAsync(args, output, error);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The run was refused as wrong usage, with one sentence that has these words.</summary>
    public void ShouldBeRefused(params string[] words)
    {
        Code.ShouldBe(ExitCode.Usage);
        Output.ShouldBeEmpty();
        Error.TrimEnd().Split('\n').Length.ShouldBe(1);
        foreach (var word in words)
        {
            Error.ShouldContain(word);
        }
    }
}
