using Cairn.Kernel.Http;

namespace Cairn.Mlflow;

/// <summary>
/// MLflow's REST API, as its Python, R and Java clients speak it. It has no projects: a call belongs to the token's project, to the one in
/// the path (<c>MLFLOW_TRACKING_URI=http://host:8080/projects/P/locations/L</c>), or to the default one.
/// </summary>
public sealed class MlflowDoor(IEnumerable<IMlflowCalls> calls) : IDoor
{
    public void Map(IRoutes routes)
    {
        var mlflow = new MlflowRoutes(routes);
        foreach (var group in calls)
        {
            group.Map(mlflow);
        }
    }
}
