using System.Text.Json;
using Cairn.Kernel.Database;

namespace Cairn.Models.Artifacts;

/// <summary>Which files each version was registered with.</summary>
internal static class ArtifactTable
{
    public static void Insert(ISqlSession session, string version, ArtifactManifest manifest) =>
        session.Execute(
            // PostgreSQL needs to be told that a text argument is a document.
            session.Dialect == SqlDialect.Sqlite
                ? "INSERT INTO model_artifacts (version, digest, manifest) VALUES ($1, $2, $3)"
                : "INSERT INTO model_artifacts (version, digest, manifest) VALUES ($1, $2, CAST($3 AS JSONB))",
            version,
            manifest.Digest(),
            JsonSerializer.Serialize(manifest)
        );

    public static ArtifactManifest? Find(ISqlSession session, string version) =>
        session.QueryFirst("SELECT manifest FROM model_artifacts WHERE version = $1", static row => row.GetString(0), version) is { } json
            ? JsonSerializer.Deserialize<ArtifactManifest>(json)
            : null;

    /// <summary>Forgets a version's files; returns their digest where no other version has the same.</summary>
    public static string? Delete(ISqlSession session, string version)
    {
        var digest = session.QueryFirst("SELECT digest FROM model_artifacts WHERE version = $1", static row => row.GetString(0), version);
        if (digest is null)
        {
            return null;
        }

        session.Execute("DELETE FROM model_artifacts WHERE version = $1", version);
        var others = session.QueryFirst("SELECT COUNT(*) FROM model_artifacts WHERE digest = $1", static row => row.GetInt64(0), digest);
        return others == 0 ? digest : null;
    }
}
