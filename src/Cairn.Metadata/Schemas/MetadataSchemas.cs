using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Schemas;

/// <summary>
/// Schemas: the built-in ones, and those that users register. Nodes may name a title that is not registered; a schema documents, it does
/// not refuse.
/// </summary>
public sealed partial class MetadataSchemas(IResourceStore store, MetadataStores stores, IIdSource ids)
{
    private const int MaxLength = 200 << 10;

    public Task<MetadataSchema> CreateAsync(CreateMetadataSchemaRequest request, CancellationToken cancellation)
    {
        var schema = request.MetadataSchema.Clone();
        var parent = StoreName.Parse(request.Parent, "parent");
        var id = request.MetadataSchemaId.Length > 0 ? request.MetadataSchemaId : ids.NextHex();
        NodeChecks.RequireId("metadata_schema_id", id);
        schema.Name = new NodeName(parent, NodeName.Schemas, id).ToString();
        if (schema.Schema.Length > MaxLength)
        {
            throw StatusException.InvalidArgument(
                $"`metadata_schema.schema` has {schema.Schema.Length} characters; at most {MaxLength} are accepted."
            );
        }

        if (schema.SchemaType == MetadataSchema.Types.MetadataSchemaType.Unspecified)
        {
            throw StatusException.InvalidArgument(
                "`metadata_schema.schema_type` is missing; it is ARTIFACT_TYPE, EXECUTION_TYPE or CONTEXT_TYPE."
            );
        }

        if (schema.SchemaVersion.Length == 0)
        {
            schema.SchemaVersion = SchemaTitles.Version;
        }

        if (!Version().IsMatch(schema.SchemaVersion))
        {
            throw StatusException.InvalidArgument(
                $"`metadata_schema.schema_version` is '{schema.SchemaVersion}'; it must be three numbers, such as 1.0.0."
            );
        }

        var title = Title(schema);
        return store.WriteAsync(
            session =>
            {
                stores.Require(session, parent);
                var same = store
                    .Children<MetadataSchema>(session, MetadataKinds.Schema, parent.ToString())
                    .Find(other => other.SchemaVersion == schema.SchemaVersion && Title(other) == title);
                return same is null
                    ? store.Insert(session, MetadataKinds.Schema, schema)
                    : throw StatusException.AlreadyExists(
                        $"'{parent}' has version {schema.SchemaVersion} of the schema '{title}' already: '{same.Name}'."
                    );
            },
            cancellation
        );
    }

    /// <summary>A schema by name. The built-in ones answer in a default store that holds nothing yet, too.</summary>
    public async Task<MetadataSchema> GetAsync(NodeName name, CancellationToken cancellation)
    {
        if (await store.FindAsync<MetadataSchema>(MetadataKinds.Schema, name.ToString(), cancellation) is { } found)
        {
            return found;
        }

        await stores.RequireReadableAsync(name.Store, cancellation);
        return BuiltInSchemas.All.FirstOrDefault(schema => schema.Id == name.Id)?.In(name.Store)
            ?? throw StatusException.NotFound($"MetadataSchema '{name}' does not exist.");
    }

    public async Task<Page<MetadataSchema>> ListAsync(ListMetadataSchemasRequest request, CancellationToken cancellation)
    {
        var parent = StoreName.Parse(request.Parent, "parent");
        if (await store.FindAsync<MetadataStore>(MetadataKinds.Store, parent.ToString(), cancellation) is null)
        {
            await store.WriteAsync(
                session =>
                {
                    stores.Require(session, parent);
                    return true;
                },
                cancellation
            );
        }

        return await store.ListAsync<MetadataSchema>(
            MetadataKinds.Schema,
            new ListQuery(request.Parent, request.Filter, "", request.PageSize, request.PageToken),
            cancellation
        );
    }

    /// <summary>The <c>title</c> at the top of the YAML text.</summary>
    private static string Title(MetadataSchema schema) =>
        TitleLine().Match(schema.Schema) is { Success: true } match
            ? match.Groups["title"].Value
            : throw StatusException.InvalidArgument(
                "`metadata_schema.schema` has no `title` at its top level; it is an OpenAPI schema object in YAML, and its title is what nodes name in schema_title."
            );

    [GeneratedRegex("^[0-9]+[.][0-9]+[.][0-9]+$")]
    private static partial Regex Version();

    [GeneratedRegex("""^["{\s]*"?title"?\s*:\s*["']?(?<title>[^"'\r\n,#]+?)["']?\s*(,|#|\}|$)""", RegexOptions.Multiline)]
    private static partial Regex TitleLine();
}
