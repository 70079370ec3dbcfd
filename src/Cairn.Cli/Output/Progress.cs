using Spectre.Console;

namespace Cairn.Cli.Output;

/// <summary>A progress bar on the error stream while something long goes on; nothing where that is not a terminal.</summary>
internal static class Progress
{
    /// <param name="total">Bytes.</param>
    /// <param name="work">Is given what to call with each further number of bytes.</param>
    public static async Task RunAsync(string title, long total, Func<Action<long>, Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work(static _ => { });
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                await work(bytes => task.Increment(bytes));
                task.Value = task.MaxValue;
            });
    }
}
