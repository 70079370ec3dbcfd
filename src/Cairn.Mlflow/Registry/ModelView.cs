using Cairn.Models.Registered;

namespace Cairn.Mlflow.Registry;

/// <summary>A registered model with what an answer tells of it.</summary>
/// <param name="Latest">The latest version of every stage.</param>
internal sealed record ModelView(
    NamedModel Model,
    string Description,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<VersionView> Latest,
    IReadOnlyList<(string Alias, long Version)> Aliases
);
