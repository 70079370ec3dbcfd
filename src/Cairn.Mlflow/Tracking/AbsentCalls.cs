using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;

namespace Cairn.Mlflow.Tracking;

/// <summary>What of MLflow is not here, said plainly; and what is nowhere.</summary>
internal sealed class AbsentCalls : IMlflowCalls
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly (string Path, string Sentence)[] Features =
    [
        ("2.0/mlflow/traces", Traces),
        ("3.0/mlflow/traces", Traces),
        ("2.0/mlflow/unified-traces", Traces),
        ("2.0/mlflow/get-online-trace-details", Traces),
        ("3.0/mlflow/issues", "Issues, which are found in traces, are not kept by this server."),
        ("3.0/mlflow/scorers", "Scorers are not kept by this server; call mlflow.evaluate in a run, and log what it returns."),
        ("3.0/mlflow/datasets", "Evaluation datasets are not kept by this server; mlflow.log_input notes the data that a run read."),
        ("3.0/mlflow/gateway", "This server is no gateway to language models."),
        ("3.0/mlflow/prompt-optimization", "This server does not optimise prompts."),
        (
            "3.0/mlflow/workspaces",
            "There are no workspaces here. Projects take their place: set MLFLOW_TRACKING_URI to http://HOST/projects/PROJECT/locations/REGION."
        ),
        ("2.0/mlflow/webhooks", "This server calls no webhooks."),
        ("2.0/mlflow/artifacts/presigned-upload-url", Presigned),
        ("2.0/mlflow-artifacts/presigned", Presigned),
    ];

    private const string Traces = "Traces are not kept by this server. Switch tracing off with mlflow.tracing.disable().";
    private const string Presigned =
        "This server gives no presigned addresses: artifacts go through mlflow-artifacts/artifacts, whole or in parts.";

    public void Map(MlflowRoutes routes)
    {
        foreach (var method in Methods)
        {
            foreach (var (path, sentence) in Features)
            {
                // The two stars are none, too.
                routes.Add(method, path + "/{rest=**}", IRoutes.AnyCaller, _ => throw StatusException.Unimplemented(sentence));
            }

            foreach (var root in (string[])["2.0/mlflow", "3.0/mlflow", "2.0/mlflow-artifacts"])
            {
                routes.Add(method, root + "/{rest=**}", IRoutes.AnyCaller, NowhereAsync);
            }
        }
    }

    /// <summary>As MLflow's server answers, whose clients tell by the code that a server is older than they are.</summary>
    private static Task NowhereAsync(MlflowCall call) =>
        MlflowErrors.WriteAsync(
            call.Http,
            404,
            "ENDPOINT_NOT_FOUND",
            $"There is nothing at {call.Http.Request.Method} {call.Http.Request.Path.Value}."
        );
}
