using System.Collections.Concurrent;
using Cairn.Fuzz.Cases;

namespace Cairn.Fuzz.Findings;

/// <summary>
/// How calls were answered, and which of them took the time: a fuzzer whose calls are all refused at the door finds nothing.
/// </summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly ConcurrentDictionary<string, (int Count, double Seconds)> _times = new();

    public int Accepted =>
        _answers
            .Where(static entry => entry.Key is "gRPC 0" || entry.Key.StartsWith("REST 2", StringComparison.Ordinal))
            .Sum(static entry => entry.Value);

    public void Add(Call call, Answer answer)
    {
        _answers.AddOrUpdate($"{(call.IsGrpc ? "gRPC" : "REST")} {answer.Status}", 1, static (_, count) => count + 1);
        _times.AddOrUpdate(
            call.Label,
            static (_, took) => (1, took),
            static (_, sum, took) => (sum.Count + 1, sum.Seconds + took),
            answer.Took.TotalSeconds
        );
    }

    public void Write(TextWriter output)
    {
        output.WriteLine(
            string.Join(", ", _answers.OrderByDescending(static entry => entry.Value).Select(static entry => $"{entry.Key}: {entry.Value}"))
        );
        foreach (var (label, (count, seconds)) in _times.OrderByDescending(static entry => entry.Value.Seconds).Take(12))
        {
            output.WriteLine($"  {seconds:0.0} s in {count} x {label}");
        }
    }
}
