using System.Collections.Concurrent;
using Cairn.Jobs.Agent;

namespace Cairn.Jobs.Images;

/// <summary>
/// Finds out by loading them which modules an interpreter has. What it has is remembered; what it lacks is looked for again after a while.
/// </summary>
public sealed class InterpreterProbe(TimeProvider time)
{
    private static readonly TimeSpan MissingFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly ConcurrentDictionary<string, Task<Finding>> _findings = new();

    /// <summary>
    /// The modules that the interpreter cannot load; empty where it has all. Null where the interpreter itself does not run.
    /// </summary>
    public async Task<IReadOnlyList<string>?> MissingAsync(ImageLanguage language, string interpreter, IReadOnlyList<string> modules)
    {
        var key = $"{language}\n{interpreter}\n{string.Join('\n', modules)}";
        while (true)
        {
            var task = _findings.GetOrAdd(key, _ => ProbeAsync(language, interpreter, modules));
            var finding = await task;
            if (finding.Missing is { Count: 0 } || time.GetUtcNow() - finding.When < MissingFor)
            {
                return finding.Missing;
            }

            _findings.TryRemove(KeyValuePair.Create(key, task));
        }
    }

    private async Task<Finding> ProbeAsync(ImageLanguage language, string interpreter, IReadOnlyList<string> modules)
    {
        if (!File.Exists(interpreter))
        {
            return new Finding(null, time.GetUtcNow());
        }

        using var limit = new CancellationTokenSource(Limit, time);
        string[] arguments = language switch
        {
            ImageLanguage.R => ["--vanilla", "-e", await EmbeddedText.ReadAsync("probe_packages.R", limit.Token), .. modules],
            ImageLanguage.Dotnet => ["--list-runtimes"],
            _ => ["-I", "-c", await EmbeddedText.ReadAsync("probe_modules.py", limit.Token), .. modules],
        };
        var result = await HostTools.RunAsync(interpreter, arguments, HostTools.Environment, limit.Token);
        var present = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).ToHashSet();
        return new Finding(result.ExitCode == 0 ? [.. modules.Where(module => !present.Contains(module))] : null, time.GetUtcNow());
    }

    private sealed record Finding(IReadOnlyList<string>? Missing, DateTimeOffset When);
}
