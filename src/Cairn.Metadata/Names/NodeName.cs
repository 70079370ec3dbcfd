using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Metadata.Names;

/// <summary>A resource of a metadata store: <c>{store}/{collection}/{id}</c>.</summary>
/// <param name="Collection"><c>artifacts</c>, <c>executions</c>, <c>contexts</c> or <c>metadataSchemas</c>.</param>
public readonly record struct NodeName(StoreName Store, string Collection, string Id)
{
    public const string Artifacts = "artifacts";
    public const string Executions = "executions";
    public const string Contexts = "contexts";
    public const string Schemas = "metadataSchemas";

    private static readonly Dictionary<string, NamePattern> Patterns = new[] { Artifacts, Executions, Contexts, Schemas }.ToDictionary(
        static collection => collection,
        static collection => new NamePattern($"projects/PROJECT/locations/LOCATION/metadataStores/STORE/{collection}/ID")
    );

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static NodeName Parse(string text, string collection, string field)
    {
        var parts = Patterns[collection].Parse(text, field);
        return new(new StoreName(parts[0], parts[1], parts[2]), collection, parts[3]);
    }

    public override string ToString() => $"{Store}/{Collection}/{Id}";
}
