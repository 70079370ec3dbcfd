using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Tenancy;

/// <summary>The fields that the gate between projects does not look at, each with its reason. What is not here is looked at.</summary>
public static class FreeFields
{
    private const string Text = "It is text for people, or for the caller's own program, and the server resolves nothing in it.";
    private const string Program = "The task resolves it itself, with a token that is good in its own project only.";
    private const string Matching = "It is compared with what the listing's own project has, and never resolved.";
    private const string Opaque =
        "It is a value of the caller's own form; a handler that reads names or addresses in it asks the gate itself.";

    /// <summary>Names that mean the same wherever they stand.</summary>
    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["description"] = Text,
        ["version_description"] = Text,
        ["display_name"] = Text,
        ["labels"] = Text,
        ["filter"] = Matching,
        ["order_by"] = Matching,
        ["page_token"] = "It is made by this server, and is bound to the listing that gave it.",
        ["args"] = Program,
        ["command"] = Program,
    };

    private static readonly Dictionary<string, string> ByFullName = new(StringComparer.Ordinal)
    {
        ["google.cloud.aiplatform.v1.EnvVar.value"] =
            "The task resolves it itself, with a token of its own project; initial weights, which the server resolves, are looked for in the job's project only.",
        ["google.cloud.aiplatform.v1.TensorboardBlob.id"] = "It is the id of a blob within the time series that holds it.",
        ["google.cloud.ml.v1.TrainingInput.args"] = Program,
        ["google.logging.v2.LogEntry.text_payload"] = Text,
    };

    private static readonly Dictionary<string, string> ByType = new(StringComparer.Ordinal)
    {
        ["google.protobuf.Struct"] = Opaque,
        ["google.protobuf.Value"] = Opaque,
        ["google.protobuf.ListValue"] = Opaque,
        ["google.protobuf.Any"] = Opaque,
        ["google.protobuf.FieldMask"] = "Its texts are paths of fields.",
        ["google.api.HttpBody"] = "It is the body of a prediction, for the model alone.",
    };

    /// <summary>Why a field is not looked at; null for one that is.</summary>
    public static string? Reason(FieldDescriptor field) =>
        ByName.GetValueOrDefault(field.Name)
        ?? ByFullName.GetValueOrDefault(field.FullName)
        ?? (field.FieldType == FieldType.Message && !field.IsMap ? ByType.GetValueOrDefault(field.MessageType.FullName) : null);
}
