using Cairn.Models.Registered;

namespace Cairn.Mlflow.Registry;

/// <summary>A version with what an answer tells of it.</summary>
internal sealed record VersionView(
    NamedVersion Version,
    string Description,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<string> Aliases
);
