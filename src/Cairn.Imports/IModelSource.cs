namespace Cairn.Imports;

/// <summary>A folder that has models beside its runs.</summary>
public interface IModelSource
{
    /// <summary>Logged models, of experiments whose runs <see cref="IRunSource.Read"/> has told.</summary>
    IEnumerable<ImportedModel> Models();

    /// <summary>The registry.</summary>
    IEnumerable<ImportedRegistration> Registered();
}
