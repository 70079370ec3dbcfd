using System.Data.Common;
using Cairn.Kernel.Database;

namespace Cairn.Classic.Models;

/// <summary>Which model, versions and endpoint of the registry stand behind classic ones.</summary>
internal static class ClassicModelTable
{
    public static MigrationSet Migrations { get; } =
        new(
            "classic-models",
            [
                """
                CREATE TABLE classic_models (
                    name {text} NOT NULL PRIMARY KEY,
                    registered {text} NOT NULL,
                    endpoint {text} NOT NULL,
                    default_version {text} NOT NULL);
                CREATE TABLE classic_versions (
                    name {text} NOT NULL PRIMARY KEY,
                    number {text} NOT NULL,
                    deployed {text} NOT NULL)
                """,
            ]
        );

    public static void Put(ISqlSession session, ModelRow row) =>
        session.Execute(
            """
            INSERT INTO classic_models (name, registered, endpoint, default_version) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE SET registered = $2, endpoint = $3, default_version = $4
            """,
            row.Name,
            row.Registered,
            row.Endpoint,
            row.DefaultVersion
        );

    public static void Put(ISqlSession session, VersionRow row) =>
        session.Execute(
            "INSERT INTO classic_versions (name, number, deployed) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET number = $2, deployed = $3",
            row.Name,
            row.Number,
            row.Deployed
        );

    public static ModelRow? FindModel(ISqlSession session, string name) =>
        session.QueryFirst("SELECT name, registered, endpoint, default_version FROM classic_models WHERE name = $1", Model, name);

    public static VersionRow? FindVersion(ISqlSession session, string name) =>
        session.QueryFirst("SELECT name, number, deployed FROM classic_versions WHERE name = $1", Version, name);

    public static void DeleteModel(ISqlSession session, string name) => session.Execute("DELETE FROM classic_models WHERE name = $1", name);

    public static void DeleteVersion(ISqlSession session, string name) =>
        session.Execute("DELETE FROM classic_versions WHERE name = $1", name);

    private static ModelRow Model(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3));

    private static VersionRow Version(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2));
}
