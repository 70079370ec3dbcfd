using Cairn.Kernel.Database;
using Cairn.Models;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Endpoints;

/// <summary>The rows beside the endpoints: what is deployed, by model; and the revision of all of it.</summary>
public sealed class DeploymentTable : IModelDeployments
{
    public IReadOnlyList<DeployedModelRef> Find(ISqlSession session, string model, string? version) =>
        version is null
            ? session.Query("SELECT endpoint, id FROM serving_deployments WHERE model = $1 ORDER BY endpoint, id", Read, model)
            : session.Query(
                "SELECT endpoint, id FROM serving_deployments WHERE model = $1 AND version = $2 ORDER BY endpoint, id",
                Read,
                model,
                version
            );

    public static IReadOnlyList<DeployedModelRef> All(ISqlSession session) =>
        session.Query("SELECT endpoint, id FROM serving_deployments ORDER BY endpoint, id", Read);

    public static void Insert(ISqlSession session, string endpoint, DeployedModel deployed)
    {
        session.Execute(
            "INSERT INTO serving_deployments (endpoint, id, model, version) VALUES ($1, $2, $3, $4)",
            endpoint,
            deployed.Id,
            deployed.Model,
            deployed.ModelVersionId
        );
        Bump(session);
    }

    public static void Delete(ISqlSession session, string endpoint, string id)
    {
        session.Execute("DELETE FROM serving_deployments WHERE endpoint = $1 AND id = $2", endpoint, id);
        Bump(session);
    }

    /// <summary>Makes other servers read their routes again.</summary>
    public static void Bump(ISqlSession session) =>
        session.Execute(
            "INSERT INTO serving_revision (id, revision) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET revision = serving_revision.revision + 1"
        );

    public static long Revision(ISqlSession session) =>
        session.QueryFirst("SELECT revision FROM serving_revision WHERE id = 1", static row => row.GetInt64(0));

    private static DeployedModelRef Read(System.Data.Common.DbDataReader row) =>
        new() { Endpoint = row.GetString(0), DeployedModelId = row.GetString(1) };
}
