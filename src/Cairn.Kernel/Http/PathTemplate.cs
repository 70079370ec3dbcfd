namespace Cairn.Kernel.Http;

/// <summary>
/// A path template in the grammar of <c>google/api/http.proto</c>: <c>/v1/{name=projects/*/models/*}:verb</c>. <c>*</c> is one segment;
/// <c>**</c>, only at the end, is all that is left, none included.
/// </summary>
public sealed class PathTemplate
{
    public const string One = "*";
    public const string Rest = "**";

    private PathTemplate(string text, IReadOnlyList<string> segments, IReadOnlyList<Variable> variables, string verb)
    {
        Text = text;
        Segments = segments;
        Variables = variables;
        Verb = verb;
    }

    /// <param name="Field">The dotted field path.</param>
    /// <param name="Start">Its first segment.</param>
    /// <param name="End">The segment after its last; the last may be <c>**</c>.</param>
    public sealed record Variable(string Field, int Start, int End);

    public string Text { get; }

    /// <summary>Literals, <c>*</c> and <c>**</c>.</summary>
    public IReadOnlyList<string> Segments { get; }

    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>The custom verb without its colon, or empty.</summary>
    public string Verb { get; }

    /// <exception cref="FormatException">The template is not in the grammar: a programming error, found at start.</exception>
    public static PathTemplate Parse(string text)
    {
        if (!text.StartsWith('/'))
        {
            throw new FormatException($"The template '{text}' must start with '/'.");
        }

        var body = text;
        var verb = "";
        var colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf('}') && colon > text.LastIndexOf('/'))
        {
            (body, verb) = (text[..colon], text[(colon + 1)..]);
        }

        var segments = new List<string>();
        var variables = new List<Variable>();
        for (var at = 1; at <= body.Length; )
        {
            if (at < body.Length && body[at] == '{')
            {
                var close = body.IndexOf('}', at);
                var parts = body[(at + 1)..close].Split('=', 2);
                var start = segments.Count;
                segments.AddRange(parts.Length == 1 ? [One] : parts[1].Split('/'));
                variables.Add(new Variable(parts[0], start, segments.Count));
                at = close + 2;
                continue;
            }

            var slash = body.IndexOf('/', at);
            var end = slash < 0 ? body.Length : slash;
            segments.Add(body[at..end]);
            at = end + 1;
        }

        var rest = segments.IndexOf(Rest);
        return rest >= 0 && rest != segments.Count - 1
            ? throw new FormatException($"The template '{text}' has '**' before its end.")
            : new PathTemplate(text, segments, variables, verb);
    }

    /// <summary>
    /// The variables of a path that matched this template; <paramref name="verbInPath"/> says that the last segment ends in the verb.
    /// </summary>
    public RouteValues Bind(RequestPath path, bool verbInPath)
    {
        var values = new KeyValuePair<string, string>[Variables.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var variable = Variables[i];
            var end = Segments[variable.End - 1] == Rest ? path.Count : variable.End;
            values[i] = new(variable.Field, Join(path, variable.Start, end, verbInPath));
        }

        return new RouteValues(values);
    }

    private string Join(RequestPath path, int start, int end, bool verbInPath)
    {
        string Segment(int index)
        {
            var text = path.Decoded(index);
            return verbInPath && index == path.Count - 1 ? text[..^(Verb.Length + 1)] : text;
        }

        if (end - start == 1)
        {
            return Segment(start);
        }

        var parts = new string[end - start];
        for (var i = 0; i < parts.Length; i++)
        {
            // In a name of several segments an encoded slash would make two names out of one.
            parts[i] =
                Segment(start + i) is var text && text.Contains('/', StringComparison.Ordinal)
                    ? throw Errors.StatusException.InvalidArgument(
                        $"The path segment '{path.Raw(start + i)}' holds an encoded '/', which a resource name cannot."
                    )
                    : text;
        }

        return string.Join('/', parts);
    }
}
