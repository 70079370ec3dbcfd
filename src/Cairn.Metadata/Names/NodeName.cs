using Cairn.Kernel.Errors;

namespace Cairn.Metadata.Names;

/// <summary>A resource of a metadata store: <c>{store}/{collection}/{id}</c>.</summary>
/// <param name="Collection"><c>artifacts</c>, <c>executions</c>, <c>contexts</c> or <c>metadataSchemas</c>.</param>
public readonly record struct NodeName(StoreName Store, string Collection, string Id)
{
    public const string Artifacts = "artifacts";
    public const string Executions = "executions";
    public const string Contexts = "contexts";
    public const string Schemas = "metadataSchemas";

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static NodeName Parse(string text, string collection, string field)
    {
        if (
            text.Split('/')
                is [
                    "projects",
                    { Length: > 0 } project,
                    "locations",
                    { Length: > 0 } location,
                    "metadataStores",
                    { Length: > 0 } store,
                    var found,
                    { Length: > 0 } id,
                ]
            && found == collection
        )
        {
            return new NodeName(new StoreName(project, location, store), collection, id);
        }

        throw StatusException.InvalidArgument(
            $"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/metadataStores/STORE/{collection}/ID."
        );
    }

    public override string ToString() => $"{Store}/{Collection}/{Id}";
}
