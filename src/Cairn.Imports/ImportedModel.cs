using Cairn.Imports.Door;

namespace Cairn.Imports;

/// <summary>A logged model as MLflow's file store has kept it.</summary>
/// <param name="Request">What is written of it.</param>
/// <param name="Artifacts">Files: the name below the model's artifacts, and where the file lies.</param>
public sealed record ImportedModel(ModelImportRequest Request, IReadOnlyList<KeyValuePair<string, string>> Artifacts);
