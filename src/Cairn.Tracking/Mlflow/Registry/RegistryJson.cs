using System.Globalization;
using System.Text.Json;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Models.Names;
using Cairn.Models.Versions;
using Cairn.Tracking.Mlflow.LoggedModels;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>Registered models and versions with what belongs to them, read for an answer and written as one.</summary>
internal sealed class RegistryJson(RegistryRows rows, VersionRows registry)
{
    private const int MaxDisplayName = 128;

    internal sealed record VersionView(
        NamedVersion Version,
        IReadOnlyList<KeyValuePair<string, string>> Tags,
        IReadOnlyList<string> Aliases
    );

    internal sealed record ModelView(
        RegisteredName Model,
        IReadOnlyList<KeyValuePair<string, string>> Tags,
        IReadOnlyList<VersionView> Latest,
        IReadOnlyList<(string Alias, long Version)> Aliases
    );

    public VersionView View(ISqlSession session, NamedVersion version, RegisteredName model) =>
        new(
            version,
            rows.Tags(session, version),
            [.. Aliases(session, model).Where(alias => alias.Version == version.Version).Select(static alias => alias.Alias)]
        );

    /// <summary>With the latest version of every stage.</summary>
    public ModelView View(ISqlSession session, RegisteredName model)
    {
        var latest = rows.QueryVersions(session, "v.model = $1", "v.version", [model.Id])
            .GroupBy(static version => version.Stage)
            .Select(static stage => stage.Last());
        return new ModelView(
            model,
            rows.Tags(session, model.Id),
            [.. latest.Select(version => View(session, version, model))],
            Aliases(session, model)
        );
    }

    /// <summary>The registry's aliases. Its own <c>default</c> is told where it was given through this door.</summary>
    public IReadOnlyList<(string Alias, long Version)> Aliases(ISqlSession session, RegisteredName model) =>
        [
            .. registry
                .Versions(session, model.Resource)
                .SelectMany(version =>
                    version
                        .VersionAliases.Where(alias => model.HasDefault || alias != VersionAliases.Default)
                        .Select(alias => (alias, long.Parse(version.VersionId, CultureInfo.InvariantCulture)))
                )
                .OrderBy(static alias => alias.alias, StringComparer.Ordinal),
        ];

    /// <summary>The version that has an alias, or is the newest one for <c>latest</c>; or null.</summary>
    public NamedVersion? Aliased(ISqlSession session, RegisteredName model, string alias)
    {
        if (ModelAlias.IsLatest(alias))
        {
            return rows.QueryVersions(session, "v.model = $1", "v.version DESC LIMIT 1", [model.Id]).FirstOrDefault();
        }

        return Aliases(session, model).FirstOrDefault(entry => entry.Alias == alias) is { Alias: not null } found
            ? rows.GetVersion(session, model, found.Version.ToString(CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>Whether a version is the one that the registry serves where none is named.</summary>
    public bool IsDefault(ISqlSession session, RegisteredName model, long version) =>
        registry.Versions(session, model.Resource).Find(static item => item.VersionAliases.Contains(VersionAliases.Default)) is { } serving
        && serving.VersionId == version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The registry's name of a model for people, which is shorter than one of MLflow's may be.</summary>
    public static string DisplayName(string name) => Characters.Cut(name, MaxDisplayName);

    public static ModelName Name(RegisteredName model, long version) => ModelName.Parse($"{model.Resource}@{version}", "name");

    public static void Write(Utf8JsonWriter json, ModelView view)
    {
        json.WriteStartObject();
        json.WriteString("name", view.Model.Name);
        json.WriteNumber("creation_timestamp", view.Model.Created);
        json.WriteNumber("last_updated_timestamp", view.Model.Updated);
        if (view.Model.Description.Length > 0)
        {
            json.WriteString("description", view.Model.Description);
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
        json.WriteString("user_id", version.User);
        json.WriteString("current_stage", version.Stage);
        json.WriteString("description", version.Description);
        json.WriteString("source", version.Source);
        json.WriteString("run_id", version.Run);
        json.WriteString("status", "READY");
        json.WriteString("run_link", version.RunLink);
        if ((version.ModelId.Length > 0 ? version.ModelId : LoggedModelStore.IdIn(version.Source)) is { } logged)
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
