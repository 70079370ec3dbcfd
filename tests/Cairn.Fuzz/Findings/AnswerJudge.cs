using System.Text.Json;
using Cairn.Fuzz.Cases;
using Google.Rpc;

namespace Cairn.Fuzz.Findings;

/// <summary>Says what is wrong about an answer, whatever was asked.</summary>
internal static class AnswerJudge
{
    /// <summary>What the addresses of files have in them.</summary>
    private static readonly string[] Served = ["alt=media", "artifact", "awPredict", "/download/"];

    /// <summary>A sentence, or null where the answer is as it should be.</summary>
    /// <param name="slow">No call takes as long; null where that is not looked at.</param>
    public static string? Fault(Call call, Answer answer, TimeSpan? slow)
    {
        if (answer.Failure is { } failure)
        {
            return call.IsWellFramed ? failure : null;
        }

        if (answer.Took > slow && !call.MayLast)
        {
            return $"it took {answer.Took.TotalSeconds:0} s";
        }

        return call.IsGrpc ? Grpc(answer) : Http(call, answer);
    }

    private static string? Grpc(Answer answer) =>
        (Code)answer.Status switch
        {
            (Code)(-1) => "the answer has no grpc-status",
            Code.Internal => "INTERNAL",
            Code.Unknown => "UNKNOWN",
            Code.DataLoss => "DATA_LOSS",
            Code.Ok => null,
            _ => answer.Text.Length == 0 ? "an error without a sentence" : null,
        };

    private static string? Http(Call call, Answer answer)
    {
        if (answer.Status == 500)
        {
            return "500";
        }

        // What the listener refuses before it is a request, it refuses without a word.
        var wordless = answer.Status is 400 or 404 or 405 or 411 or 413 or 414 or 431 or 499 or 501;
        if (answer.Status >= 400 && answer.Text.Length == 0 && call.Method != "HEAD" && call.IsWellFramed && !wordless)
        {
            return $"{answer.Status} without a sentence";
        }

        return
            answer.ContentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            && call.Method != "HEAD"
            && !IsFile(call)
            && !IsJson(answer.Text)
            ? "an answer that is said to be JSON and is none"
            : null;
    }

    /// <summary>Whether the answer is what somebody stored, under the type that they gave it.</summary>
    private static bool IsFile(Call call) =>
        Served.Any(word => call.Target.Contains(word, StringComparison.Ordinal))
        || call.Label.StartsWith("GET /{bucket}", StringComparison.Ordinal)
        || call.Label.Contains("/$B/", StringComparison.Ordinal);

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1_000 }).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
