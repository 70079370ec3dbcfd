using System.Globalization;
using System.Text.Json;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.Registry;

/// <summary>Registered models and versions as answers have them.</summary>
internal static class RegistryJson
{
    public static void Write(Utf8JsonWriter json, ModelView view)
    {
        json.WriteStartObject();
        json.WriteString("name", view.Model.Name);
        json.WriteNumber("creation_timestamp", view.Model.Created);
        json.WriteNumber("last_updated_timestamp", view.Model.Updated);
        if (view.Description.Length > 0)
        {
            json.WriteString("description", view.Description);
        }

        json.WriteStartArray("latest_versions");
        foreach (var version in view.Latest)
        {
            Write(json, version);
        }

        json.WriteEndArray();
        json.WritePairs("tags", view.Tags);
        json.WriteStartArray("aliases");
        foreach (var (alias, version) in view.Aliases)
        {
            json.WriteStartObject();
            json.WriteString("alias", alias);
            json.WriteString("version", version.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, VersionView view)
    {
        var version = view.Version;
        json.WriteStartObject();
        json.WriteString("name", version.Name);
        json.WriteString("version", version.Version.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("creation_timestamp", version.Created);
        json.WriteNumber("last_updated_timestamp", version.Updated);
        json.WriteString("user_id", version.Origin.User);
        json.WriteString("current_stage", version.Stage);
        json.WriteString("description", view.Description);
        json.WriteString("source", version.Origin.Source);
        json.WriteString("run_id", version.Origin.Run);
        json.WriteString("status", "READY");
        json.WriteString("run_link", version.Origin.RunLink);
        if ((version.Origin.ModelId.Length > 0 ? version.Origin.ModelId : LoggedModelStore.IdIn(version.Origin.Source)) is { } logged)
        {
            json.WriteString("model_id", logged);
        }

        json.WritePairs("tags", view.Tags);
        json.WriteStartArray("aliases");
        foreach (var alias in view.Aliases)
        {
            json.WriteStringValue(alias);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
