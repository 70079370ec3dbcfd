using System.Text;
using Cairn.Fuzz.Cases;

namespace Cairn.Fuzz.Corpus;

/// <summary>
/// Valid calls that were written down, a file a door: the request as HTTP has it, an empty line between two. Empty lines belong to a body
/// that has several parts, which begins with
/// <c>--</c> and ends with the line that ends in <c>--</c>.
/// </summary>
/// <param name="Made">What its answer makes known, by the member's path; null for most.</param>
internal sealed record WrittenCall(
    string Method,
    string Target,
    IReadOnlyList<(string Name, string Value)> Headers,
    string? Body,
    (string Key, string Path)? Made
)
{
    public static IReadOnlyList<WrittenCall> All { get; } = [.. Files().SelectMany(Read)];

    /// <summary>The call with its names filled in.</summary>
    public Call ToCall(Names names)
    {
        var headers = Headers.Select(header => (header.Name, names.Expand(header.Value))).ToList();
        if (Body is not null && !headers.Exists(static header => header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
        {
            headers.Add(("Content-Type", "application/json"));
        }

        return new Call(
            $"{Method} {Target}",
            Method,
            names.Expand(Target),
            headers,
            Body is null ? null : Encoding.UTF8.GetBytes(names.Expand(Body))
        );
    }

    private static IEnumerable<string> Files()
    {
        var assembly = typeof(WrittenCall).Assembly;
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(static name => name.EndsWith(".http", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }

    private static IEnumerable<WrittenCall> Read(string file)
    {
        var lines = new Queue<string>(file.Split('\n').Where(static line => !line.StartsWith('#')));
        while (lines.Count > 0)
        {
            var first = lines.Dequeue();
            if (first.Length > 0)
            {
                yield return Read(first.Split(' ', 2), lines);
            }
        }
    }

    private static WrittenCall Read(string[] request, Queue<string> lines)
    {
        var headers = new List<(string, string)>();
        (string, string)? made = null;
        while (lines.TryPeek(out var line) && (line.StartsWith('>') || IsHeader(line)))
        {
            var parts = lines.Dequeue().TrimStart('>', ' ').Split(line.StartsWith('>') ? " = " : ": ", 2);
            if (line.StartsWith('>'))
            {
                made = (parts[0], parts[1]);
            }
            else
            {
                headers.Add((parts[0], parts[1]));
            }
        }

        var body = new List<string>();
        var inParts = lines.TryPeek(out var next) && next.StartsWith("--", StringComparison.Ordinal);
        while (lines.TryDequeue(out var line) && (line.Length > 0 || inParts))
        {
            body.Add(line);
            inParts &= !line.EndsWith("--", StringComparison.Ordinal);
        }

        return new WrittenCall(
            request[0],
            request[1],
            headers,
            body.Count == 0 ? null : string.Join(body[0].StartsWith("--", StringComparison.Ordinal) ? "\r\n" : "\n", body),
            made
        );
    }

    private static bool IsHeader(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).IndexOfAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") < 0;
    }
}
