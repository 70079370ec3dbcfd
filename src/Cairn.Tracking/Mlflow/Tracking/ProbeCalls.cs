using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Tracking.Mlflow.Tracking;

/// <summary>What clients ask of a server before they use it, and what of MLflow is not here: said plainly.</summary>
internal sealed class ProbeCalls : IMlflowCalls
{
    /// <summary>The version of MLflow's protocol that is spoken; clients of 3.x ask.</summary>
    private const string Version = "2.17.2";

    private static readonly (string Method, string Path)[] Absent =
    [
        ("POST", "2.0/mlflow/traces"), ("GET", "2.0/mlflow/traces"), ("PATCH", "2.0/mlflow/traces/{id}"), ("GET", "2.0/mlflow/traces/{id}/info"), ("PATCH", "2.0/mlflow/traces/{id}/tags"),
        ("DELETE", "2.0/mlflow/traces/{id}/tags"), ("POST", "2.0/mlflow/traces/delete-traces"), ("POST", "3.0/mlflow/traces"), ("POST", "3.0/mlflow/traces/search"), ("GET", "3.0/mlflow/traces/{id}"),
    ];

    public void Map(MlflowRoutes routes)
    {
        routes.AddAtRoot("GET", "version", IRoutes.Public, VersionAsync);
        routes.AddAtRoot("GET", "health", IRoutes.Public, HealthAsync);
        foreach (var (method, path) in Absent)
        {
            routes.Add(method, path, "mlflow.traces.use", static call => throw StatusException.Unimplemented("Traces are not kept by this server. Switch tracing off with mlflow.tracing.disable()."));
        }
    }

    private static Task VersionAsync(MlflowCall call) => TextAsync(call, Version);

    private static Task HealthAsync(MlflowCall call) => TextAsync(call, "OK");

    private static Task TextAsync(MlflowCall call, string text)
    {
        call.Http.Response.ContentType = "text/plain; charset=utf-8";
        return call.Http.Response.WriteAsync(text, call.Cancellation);
    }
}
