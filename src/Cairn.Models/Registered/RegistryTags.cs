using Cairn.Kernel.Database;

namespace Cairn.Models.Registered;

/// <summary>
/// Tags of models and versions, which are texts of any length that the door allows, unlike labels. What may be a key and a value is for the
/// caller to check.
/// </summary>
public static class RegistryTags
{
    internal static void Set(ISqlSession session, NamedModel model, string key, string value) =>
        session.Execute(
            "INSERT INTO registered_model_tags (model, key, value) VALUES ($1, $2, $3) "
                + "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
            model.Id,
            key,
            value
        );

    internal static void Set(ISqlSession session, NamedVersion version, string key, string value) =>
        session.Execute(
            "INSERT INTO registered_version_tags (model, version, key, value) VALUES ($1, $2, $3, $4) "
                + "ON CONFLICT (model, version, key) DO UPDATE SET value = excluded.value",
            version.Model,
            version.Version,
            key,
            value
        );

    public static void Delete(ISqlSession session, NamedModel model, string key) =>
        session.Execute("DELETE FROM registered_model_tags WHERE model = $1 AND key = $2", model.Id, key);

    public static void Delete(ISqlSession session, NamedVersion version, string key) =>
        session.Execute(
            "DELETE FROM registered_version_tags WHERE model = $1 AND version = $2 AND key = $3",
            version.Model,
            version.Version,
            key
        );

    /// <summary>A model's tags by their keys.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(ISqlSession session, NamedModel model) =>
        session.Query(
            "SELECT key, value FROM registered_model_tags WHERE model = $1 ORDER BY key",
            static row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            model.Id
        );

    /// <summary>A version's tags by their keys.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(ISqlSession session, NamedVersion version) =>
        session.Query(
            "SELECT key, value FROM registered_version_tags WHERE model = $1 AND version = $2 ORDER BY key",
            static row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            version.Model,
            version.Version
        );

    /// <summary>The tags of every version of a model (its row), by the versions' numbers.</summary>
    public static ILookup<long, KeyValuePair<string, string>> OfVersions(ISqlSession session, long model) =>
        session
            .Query(
                "SELECT version, key, value FROM registered_version_tags WHERE model = $1 ORDER BY version, key",
                static row => (Version: row.GetInt64(0), Tag: KeyValuePair.Create(row.GetString(1), row.GetString(2))),
                model
            )
            .ToLookup(static row => row.Version, static row => row.Tag);
}
