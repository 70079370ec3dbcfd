using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Names;

/// <summary><c>projects/{project}</c>.</summary>
public static class ProjectName
{
    private static readonly NamePattern Pattern = new("projects/PROJECT");

    /// <summary>The project's ID; null for a text of another form.</summary>
    public static string? Match(string text) => Pattern.Match(text)?[0];

    /// <summary>The project's ID.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static string Parse(string text, string field) => Pattern.Parse(text, field)[0];
}
