namespace Cairn.TestRun;

/// <summary>What the command line asks for.</summary>
/// <param name="Parallel">How many test programs run at a time.</param>
/// <param name="Threads">How many of a program's test classes run at a time, as xunit's <c>-maxThreads</c> takes it: a number, or <c>2x</c>
/// for twice the cores.</param>
/// <param name="Durations">The file that tells how long each project took before, so that the longest begin first.</param>
/// <param name="Flaky">Where the names of the tests that passed only when run alone are left, a line each; null leaves them in the folder
/// of the results.</param>
/// <param name="Filter">Only the methods whose full names match; null for all.</param>
internal sealed record Options(
    string Folder,
    string Results,
    string Configuration,
    int Parallel,
    string Threads,
    TimeSpan Timeout,
    string Durations,
    string? Flaky,
    string? Filter
)
{
    public const string Usage =
        "usage: Cairn.TestRun [--results DIR] [--configuration NAME] [--parallel N] [--threads N] [--timeout MINUTES]\n                     [--durations FILE] [--flaky FILE] [--filter METHOD] FOLDER";

    public static Options Parse(string[] args)
    {
        var options = new Options(
            "",
            "TestResults",
            "Release",
            Environment.ProcessorCount + 1,
            "1.5x",
            TimeSpan.FromMinutes(40),
            "",
            null,
            null
        );
        for (var i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            options = args[i] switch
            {
                "--results" => options with { Results = Value() },
                "--configuration" => options with { Configuration = Value() },
                "--parallel" => options with { Parallel = int.Parse(Value()) },
                "--threads" => options with { Threads = Value() },
                "--durations" => options with { Durations = Value() },
                "--flaky" => options with { Flaky = Value() },
                "--timeout" => options with { Timeout = TimeSpan.FromMinutes(int.Parse(Value())) },
                "--filter" => options with { Filter = Value() },
                var folder => options with { Folder = folder },
            };
        }

        return options.Folder.Length > 0 ? options : throw new ArgumentException("Name the folder that holds the test projects.");
    }
}
