using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Metadata.Names;

/// <summary><c>projects/{project}/locations/{location}/metadataStores/{store}</c>.</summary>
public readonly record struct StoreName(string Project, string Location, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/metadataStores/STORE");

    /// <summary>The ID of the store that everything uses which names none.</summary>
    public const string DefaultId = "default";

    /// <summary><c>projects/{project}/locations/{location}</c>.</summary>
    public string Parent => $"projects/{Project}/locations/{Location}";

    public bool IsDefault => Id == DefaultId;

    public static StoreName Default(string project, string location) => new(project, location, DefaultId);

    public NodeName Artifact(string id) => new(this, NodeName.Artifacts, id);

    public NodeName Execution(string id) => new(this, NodeName.Executions, id);

    public NodeName Context(string id) => new(this, NodeName.Contexts, id);

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static StoreName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(parts[0], parts[1], parts[2]);
    }

    public override string ToString() => $"{Parent}/metadataStores/{Id}";
}
