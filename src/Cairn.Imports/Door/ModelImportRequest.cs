namespace Cairn.Imports.Door;

/// <summary>A logged model that is brought from elsewhere, with the id that it had there.</summary>
/// <param name="Experiment">The name of an experiment that is there.</param>
/// <param name="ModelId"><c>m-</c> and 32 hexadecimal digits.</param>
/// <param name="Status">PENDING, READY or UPLOAD_FAILED, or MLflow's number of it.</param>
/// <param name="Created">Milliseconds since 1970.</param>
public sealed record ModelImportRequest(
    string Experiment,
    string ModelId,
    string Name,
    string Type,
    string SourceRun,
    string Status,
    long Created,
    long Updated,
    IReadOnlyList<KeyValuePair<string, string>> Params,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<ModelPointImport> Metrics
);

/// <summary>What a run measured of a model.</summary>
/// <param name="Time">Milliseconds since 1970.</param>
public sealed record ModelPointImport(
    string Name,
    long Step,
    long Time,
    double Value,
    string RunId,
    string DatasetName,
    string DatasetDigest
);
