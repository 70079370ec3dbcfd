using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Mlflow.Tracking;

/// <summary>What clients ask of a server before they use it.</summary>
internal sealed class ProbeCalls : IMlflowCalls
{
    /// <summary>
    /// The version of MLflow whose protocol is spoken whole. Clients of 3.x ask, and leave out what a server of this version has not:
    /// traces and what is built on them.
    /// </summary>
    private const string Version = "2.17.2";

    public void Map(MlflowRoutes routes)
    {
        routes.AddAtRoot("GET", "version", IRoutes.Public, static call => TextAsync(call, Version));
        routes.AddAtRoot("GET", "health", IRoutes.Public, static call => TextAsync(call, "OK"));
        routes.Add("GET", "3.0/mlflow/server-info", IRoutes.AnyCaller, InfoAsync);
    }

    private static Task InfoAsync(MlflowCall call) =>
        call.AnswerAsync(static json =>
        {
            // MLflow's name of a store that keeps its rows in a database.
            json.WriteString("store_type", "SqlStore");
            json.WriteBoolean("workspaces_enabled", false);
            json.WriteBoolean("trace_archival_enabled", false);
        });

    private static Task TextAsync(MlflowCall call, string text)
    {
        call.Http.Response.ContentType = "text/plain; charset=utf-8";
        return call.Http.Response.WriteAsync(text, call.Cancellation);
    }
}
