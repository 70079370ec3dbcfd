using Cairn.TestRun;

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine($"{e.Message}\n{Options.Usage}");
    return 2;
}

if (Directory.Exists(options.Results))
{
    Directory.Delete(options.Results, recursive: true);
}

Directory.CreateDirectory(options.Results);
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupted.Cancel();
};

var projects = Durations.LongestFirst(TestProject.FindBelow(options.Folder, options.Configuration), options.Durations);
var runs = new ProjectRun[projects.Count];
await Parallel.ForEachAsync(
    Enumerable.Range(0, projects.Count),
    new ParallelOptions { MaxDegreeOfParallelism = options.Parallel },
    async (index, _) =>
    {
        runs[index] = await ProjectRun.StartAsync(projects[index], options, interrupted.Token);
        Console.WriteLine(Summary.Line(runs[index]));
    }
);

Durations.Write(runs, Path.Combine(options.Results, "durations.txt"));
var (last, flaky) = await SecondTry.RunAsync(runs, options, interrupted.Token);
File.WriteAllLines(options.Flaky ?? Path.Combine(options.Results, "flaky.txt"), flaky.Select(test => test.Name));
return Summary.Print(last, flaky, Console.Out) ? 0 : 1;
