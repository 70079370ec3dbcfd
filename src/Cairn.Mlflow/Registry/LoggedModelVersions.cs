using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Kernel.Database;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.Registry;

/// <summary>
/// The tag in which a logged model says as what it was registered: a JSON list of names with versions, which clients read.
/// </summary>
internal static class LoggedModelVersions
{
    private const string Tag = "mlflow.modelVersions";

    /// <summary>The list grows with every registration, past what other tags may have.</summary>
    private const int MaxLength = 1 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Note(ISqlSession session, LoggedModel model, string name, long version)
    {
        var before = session.QueryFirst(
            "SELECT value FROM logged_model_tags WHERE model = $1 AND key = $2",
            static row => row.GetString(0),
            model.Id,
            Tag
        );
        var list = Parse(before);
        list.Add(new JsonObject { ["name"] = name, ["version"] = version });
        LoggedModelFields.SetTags(session, model, [KeyValuePair.Create(Tag, list.ToJsonString(Json))], MaxLength);
    }

    private static JsonArray Parse(string? text)
    {
        try
        {
            return text is null ? [] : JsonNode.Parse(text) as JsonArray ?? [];
        }
        catch (JsonException)
        {
            // Anybody may set a tag; what is no list is not gone on with.
            return [];
        }
    }
}
