using System.Diagnostics;
using Spectre.Console;

namespace Cairn.Cli.Quickstart;

/// <summary>Tells a person what is being done, what came of it, and how long it took.</summary>
internal sealed class Steps(IAnsiConsole console, int count)
{
    private int _number;

    /// <param name="done">What to say of the result.</param>
    public async Task<T> RunAsync<T>(string what, Func<Task<T>> work, Func<T, string> done)
    {
        console.MarkupLineInterpolated($"[bold]{++_number}/{count}[/]  [bold]{what}[/]");
        var clock = Stopwatch.StartNew();
        var result = await work();
        console.MarkupLineInterpolated($"     {done(result)} [grey]({clock.Elapsed.TotalSeconds:0.0} s)[/]");
        return result;
    }

    /// <summary>A line that belongs to the step under way.</summary>
    public void Note(string text) => console.MarkupLineInterpolated($"     [grey]{text}[/]");
}
