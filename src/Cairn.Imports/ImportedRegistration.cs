namespace Cairn.Imports;

/// <summary>A registered model as MLflow's file store has kept it.</summary>
/// <param name="Versions">By number.</param>
/// <param name="Aliases">Each with the number of its version.</param>
public sealed record ImportedRegistration(
    string Name,
    string Description,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<ImportedVersion> Versions,
    IReadOnlyList<KeyValuePair<string, int>> Aliases
);

/// <summary>A version of a registered model.</summary>
/// <param name="Source">Where its files were: an address, or a path of the machine that it was registered on.</param>
/// <param name="Run">The run that made it, or empty.</param>
/// <param name="Stage"><c>None</c>, <c>Staging</c>, <c>Production</c> or <c>Archived</c>.</param>
public sealed record ImportedVersion(
    int Number,
    string Source,
    string Run,
    string RunLink,
    string Stage,
    string Description,
    IReadOnlyList<KeyValuePair<string, string>> Tags
);
