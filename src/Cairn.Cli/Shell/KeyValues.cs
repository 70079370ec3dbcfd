namespace Cairn.Cli.Shell;

/// <summary>Flags of the form <c>key=value,key=value</c>, as gcloud writes them.</summary>
internal static class KeyValues
{
    /// <exception cref="CliException">A usage error that names <paramref name="flag"/> and the part that has no <c>=</c>.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string flag, IEnumerable<string>? given)
    {
        var result = new List<KeyValuePair<string, string>>();
        foreach (var part in List(given))
        {
            var equals = part.IndexOf('=');
            if (equals <= 0)
            {
                throw CliException.Usage($"{flag} has '{part}', which is not of the form key=value.");
            }

            result.Add(new(part[..equals], part[(equals + 1)..]));
        }

        return result;
    }

    /// <summary>
    /// Flags of the form <c>a,b,c</c>. A value that itself has commas is written with another separator between two carets,
    /// <c>^;^a,b;c</c>, as gcloud does.
    /// </summary>
    public static IEnumerable<string> List(IEnumerable<string>? given)
    {
        foreach (var text in given ?? [])
        {
            var separator = ",";
            var rest = text;
            if (text.StartsWith('^') && text.IndexOf('^', 1) is > 1 and var end)
            {
                separator = text[1..end];
                rest = text[(end + 1)..];
            }

            foreach (var part in rest.Split(separator, StringSplitOptions.RemoveEmptyEntries))
            {
                yield return part;
            }
        }
    }
}
