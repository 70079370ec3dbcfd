using System.Text;
using Cairn.Metadata.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Schemas;

/// <summary>A schema that every store has.</summary>
/// <param name="Title"><c>system.Model</c>.</param>
/// <param name="Type">What it describes.</param>
/// <param name="Description">What such a node is.</param>
/// <param name="Properties"><c>name: type</c> of its metadata, in OpenAPI's types; others may stand beside them.</param>
internal sealed record BuiltInSchema(
    string Title,
    MetadataSchema.Types.MetadataSchemaType Type,
    string Description,
    params string[] Properties
)
{
    /// <summary><c>system-model-v0-0-1</c>.</summary>
    public string Id => $"{Title.ToLowerInvariant().Replace('.', '-')}-v{SchemaTitles.Version.Replace('.', '-')}";

    public MetadataSchema In(StoreName store) =>
        new()
        {
            Name = new NodeName(store, NodeName.Schemas, Id).ToString(),
            SchemaVersion = SchemaTitles.Version,
            SchemaType = Type,
            Description = Description,
            Schema = Yaml(),
        };

    private string Yaml()
    {
        var text = new StringBuilder().Append("title: ").Append(Title).Append("\ntype: object\n");
        if (Properties.Length > 0)
        {
            text.Append("properties:\n");
            foreach (var property in Properties)
            {
                var (name, type) = property.Split(": ") is [var left, var right]
                    ? (left, right)
                    : throw new InvalidOperationException($"'{property}' of {Title} is not 'name: type'.");
                text.Append("  ").Append(name).Append(":\n    type: ").Append(type).Append('\n');
            }
        }

        return text.ToString();
    }
}
