using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Lineage;

/// <summary>An artifact, an execution or a context, as it is shown.</summary>
internal sealed record LineageNode(string Name, string Title, string DisplayName, string State, string Uri, IMessage Message)
{
    public string Id => Name[(Name.LastIndexOf('/') + 1)..];

    public bool IsArtifact => Message is Artifact;

    public static LineageNode Of(Artifact node) => new(node.Name, node.SchemaTitle, node.DisplayName, "", node.Uri, node);

    public static LineageNode Of(Execution node) =>
        new(
            node.Name,
            node.SchemaTitle,
            node.DisplayName,
            node.State == Execution.Types.State.Unspecified ? "" : node.State.ToString().ToUpperInvariant(),
            "",
            node
        );

    public static LineageNode Of(Context node) => new(node.Name, node.SchemaTitle, node.DisplayName, "", "", node);

    /// <summary>One line: the id, and what else tells a person what it is.</summary>
    public override string ToString() =>
        string.Join("  ", new[] { Id, Title, DisplayName == Id ? "" : DisplayName, State, Uri }.Where(static part => part.Length > 0));
}
