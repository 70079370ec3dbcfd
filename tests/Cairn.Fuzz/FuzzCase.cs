using Cairn.Fuzz.Cases;
using Cairn.Fuzz.Corpus;
using Cairn.Fuzz.Findings;
using Cairn.Fuzz.Hosting;
using Cairn.Fuzz.Mutation;
using Cairn.Fuzz.Targets;

namespace Cairn.Fuzz;

/// <summary>
/// One case: a changed call, and where it was accepted, the calls that read what it may have stored. All of it follows from the seed and
/// the case's number.
/// </summary>
internal sealed class FuzzCase(
    long number,
    FuzzedServer server,
    Target target,
    CorpusCalls calls,
    Names names,
    FindingList findings,
    Tally tally,
    FuzzOptions options
)
{
    /// <summary>How much of a request and an answer is shown.</summary>
    private const int Shown = 1_500;

    private static readonly string[] Reading = ["Get", "List", "Read", "Query", "Search", "Delete", "Predict", "Lookup", "Tail", "Wait"];

    private readonly Random _random = new(
        unchecked((int)((uint)options.Seed * 2_654_435_761u ^ (uint)(number * 40_503) ^ (uint)(number >> 16)))
    );

    public async Task RunAsync()
    {
        var token = Token();
        var valid = calls.Next(_random);
        var call = _random.Next(12) == 0 ? valid : new CallMutator(names).Mutate(valid, _random);
        var answer = await SendAsync(call, token);
        if (call.IsGrpc ? !Writes(call, answer) : !answer.IsSuccess || call.Method is "GET" or "HEAD" or "DELETE" or "OPTIONS")
        {
            return;
        }

        foreach (var next in FollowUps.Of(call, answer, names, delete: _random.Next(2) == 0))
        {
            await SendAsync(next, token, call);
        }
    }

    private static bool Writes(Call call, Answer answer) =>
        answer.Status == 0 && call.Rpc is { } method && !Reading.Any(method.Name.StartsWith);

    private async Task<Answer> SendAsync(Call call, string? token, Call? after = null)
    {
        var answer = await target.SendAsync(call, token);
        if (answer.Took > options.Slow && !call.MayLast)
        {
            // The machine may have been busy for a moment; a call that is slow is so again.
            answer = await target.SendAsync(call, token);
        }

        tally.Add(call, answer);
        if (options.Verbose)
        {
            Console.WriteLine($"--- case {number}\n{call.Show(Shown)}\n\n=> {answer.Show(Shown)}\n");
        }

        if (AnswerJudge.Fault(call, answer, options.Slow) is { } fault)
        {
            var lines = await LogAsync();
            var key = lines.Count > 0 ? LogLine.Key(lines[0]) : "";
            var details =
                $"{call.Show(Shown)}\n\n=> {answer.Show(Shown)}\n{(after is null ? "" : $"\nafter {after.Show(Shown)}\n")}\n{string.Join('\n', lines)}";
            findings.Add(new Finding($"{call.Label}: {fault} {key}", $"{call.Label}: {fault}", number, details));
        }

        return answer;
    }

    /// <summary>
    /// The lines of errors that come with an answer that is one, and may come a moment later. Those of another case at the same time may be
    /// among them.
    /// </summary>
    private async Task<IReadOnlyList<string>> LogAsync()
    {
        for (var i = 0; i < 10; i++)
        {
            if (server.Log.TakeErrors() is { Count: > 0 } lines)
            {
                return lines;
            }

            await Task.Delay(50);
        }

        return [];
    }

    private string? Token() =>
        server.Place.Tokens switch
        {
            [] => null,
            var tokens => _random.Next(20) switch
            {
                0 => null,
                1 => "cairn_nonsense",
                2 => tokens[2],
                < 6 => tokens[1],
                _ => tokens[0],
            },
        };
}
