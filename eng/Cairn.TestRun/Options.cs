namespace Cairn.TestRun;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(string Folder, string Results, string Configuration, int Parallel, TimeSpan Timeout, IReadOnlyList<string> TestArguments)
{
    public const string Usage = "usage: Cairn.TestRun [--results DIR] [--configuration NAME] [--parallel N] [--timeout MINUTES] [--filter METHOD] FOLDER";

    public static Options Parse(string[] args)
    {
        var options = new Options("", "TestResults", "Release", Math.Max(1, Environment.ProcessorCount), TimeSpan.FromMinutes(20), []);
        for (var i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            options = args[i] switch
            {
                "--results" => options with { Results = Value() },
                "--configuration" => options with { Configuration = Value() },
                "--parallel" => options with { Parallel = int.Parse(Value()) },
                "--timeout" => options with { Timeout = TimeSpan.FromMinutes(int.Parse(Value())) },
                "--filter" => options with { TestArguments = ["-method", Value()] },
                var folder => options with { Folder = folder },
            };
        }

        return options.Folder.Length > 0 ? options : throw new ArgumentException("Name the folder that holds the test projects.");
    }
}
