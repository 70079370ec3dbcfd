using System.Text;
using System.Text.RegularExpressions;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

/// <summary>A <c>gs://bucket/object</c> address, perhaps with <c>*</c>, <c>**</c> or <c>?</c> in the object's name.</summary>
internal sealed record GsAddress(string Bucket, string Name)
{
    private const string Scheme = "gs://";

    public bool HasWildcard => Name.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>What every match's name begins with.</summary>
    public string FixedPrefix => HasWildcard ? Name[..Name.AsSpan().IndexOfAny('*', '?')] : Name;

    public bool IsFolder => Name.Length == 0 || Name.EndsWith('/');

    public static bool Is(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    public static GsAddress Parse(string text)
    {
        if (!Is(text) || text.Length == Scheme.Length || text[Scheme.Length] == '/')
        {
            throw CliException.Usage($"'{text}' is not an address of the form gs://bucket/object.");
        }

        var rest = text[Scheme.Length..];
        var slash = rest.IndexOf('/');
        return slash < 0 ? new GsAddress(rest, "") : new GsAddress(rest[..slash], rest[(slash + 1)..]);
    }

    /// <summary>
    /// Whether an object's name is one that the wildcards mean: <c>*</c> stays within one folder, <c>**</c> goes on below.
    /// </summary>
    public bool Matches(string name)
    {
        var pattern = new StringBuilder("^");
        for (var i = 0; i < Name.Length; i++)
        {
            if (Name[i] == '*' && i + 1 < Name.Length && Name[i + 1] == '*')
            {
                pattern.Append(".*");
                i++;
            }
            else
            {
                pattern.Append(
                    Name[i] switch
                    {
                        '*' => "[^/]*",
                        '?' => "[^/]",
                        var c => Regex.Escape(c.ToString()),
                    }
                );
            }
        }

        return Regex.IsMatch(
            name,
            pattern.Append('$').ToString(),
            RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
        );
    }

    public override string ToString() => $"{Scheme}{Bucket}/{Name}";
}
