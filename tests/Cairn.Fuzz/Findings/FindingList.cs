using System.Collections.Concurrent;

namespace Cairn.Fuzz.Findings;

/// <summary>What has been found, each once, told when it comes up.</summary>
internal sealed class FindingList(int seed, TextWriter output)
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Add(Finding finding)
    {
        if (_counts.AddOrUpdate(finding.Key, 1, static (_, count) => count + 1) > 1)
        {
            return;
        }

        lock (_counts)
        {
            output.WriteLine($"\nFOUND {finding.What}");
            output.WriteLine(finding.Case is { } number ? $"      replay: --seed {seed} --case {number}" : $"      seed {seed}");
            output.WriteLine("      " + finding.Details.Replace("\n", "\n      ", StringComparison.Ordinal));
            output.Flush();
        }
    }
}
