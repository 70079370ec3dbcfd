namespace Cairn.Kernel.Tenancy;

/// <summary>What a text refers to: a project's resource, an object or folder in a bucket, or neither.</summary>
/// <param name="Project">The project of <c>projects/P/…</c>, also where a host stands before it:
/// <c>//aiplatform.googleapis.com/projects/P/…</c>.</param>
/// <param name="Bucket">The bucket of <c>gs://bucket/…</c>.</param>
internal readonly record struct Reference(string? Project, string? Bucket)
{
    private const string Projects = "projects/";
    private const string Scheme = "gs://";

    public static Reference Parse(string text)
    {
        if (text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            var end = text.IndexOf('/', Scheme.Length);
            return new Reference(null, end < 0 ? text[Scheme.Length..] : text[Scheme.Length..end]);
        }

        var start = text.StartsWith(Projects, StringComparison.Ordinal) ? 0 : AfterHost(text);
        if (start < 0)
        {
            return default;
        }

        var name = text.AsSpan(start + Projects.Length);
        var slash = name.IndexOf('/');
        return new Reference((slash < 0 ? name : name[..slash]).ToString(), null);
    }

    /// <summary>Where the name begins in <c>//host/projects/…</c> and <c>https://host/v1/projects/…</c>; -1 where there is none.</summary>
    private static int AfterHost(string text)
    {
        var host =
            text.StartsWith("//", StringComparison.Ordinal) ? 2
            : text.StartsWith("https://", StringComparison.Ordinal) ? 8
            : text.StartsWith("http://", StringComparison.Ordinal) ? 7
            : -1;
        var path = host < 0 ? -1 : text.IndexOf('/', host);
        if (path < 0)
        {
            return -1;
        }

        var rest = text.AsSpan(path + 1);
        var version = rest.Length > 2 && rest[0] == 'v' && char.IsAsciiDigit(rest[1]) ? rest.IndexOf('/') + 1 : 0;
        return rest[version..].StartsWith(Projects) ? path + 1 + version : -1;
    }
}
