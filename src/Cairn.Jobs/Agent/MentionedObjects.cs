using System.Buffers;
using Cairn.Data;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The objects that a task's command, arguments and environment name, as <c>gs://bucket/object</c> or as the file
/// <c>/gcs/bucket/object</c>.
/// </summary>
internal static class MentionedObjects
{
    private static readonly string[] Schemes = ["gs://", "/gcs/"];
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'`,;|<>()[]{}");
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?[");

    /// <summary>Each address once. A pattern stands for the folder that it is in; a bucket without an object names nothing.</summary>
    public static IReadOnlySet<GsUri> In(IEnumerable<string> texts)
    {
        var found = new HashSet<GsUri>();
        foreach (var text in texts)
        {
            foreach (var scheme in Schemes)
            {
                for (
                    var at = text.IndexOf(scheme, StringComparison.Ordinal);
                    at >= 0;
                    at = text.IndexOf(scheme, at + scheme.Length, StringComparison.Ordinal)
                )
                {
                    if (Read(text.AsSpan(at + scheme.Length)) is { } uri)
                    {
                        found.Add(uri);
                    }
                }
            }
        }

        return found;
    }

    private static GsUri? Read(ReadOnlySpan<char> rest)
    {
        var wildcard = rest.IndexOfAny(Wildcards);
        var end = rest.IndexOfAny(Ends);
        var address = end < 0 ? rest : rest[..end];
        if (wildcard >= 0 && wildcard <= address.Length)
        {
            address = address[..(address[..wildcard].LastIndexOf('/') + 1)];
        }

        var slash = address.IndexOf('/');
        return slash > 0 && slash < address.Length - 1 ? new GsUri(address[..slash].ToString(), address[(slash + 1)..].ToString()) : null;
    }
}
