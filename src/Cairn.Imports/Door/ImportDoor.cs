using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Imports.Door;

/// <summary>
/// <c>POST /cairn/v1/projects/{project}/locations/{location}/runs:import</c> and <c>/loggedModels:import</c>: what <c>cairn import</c>
/// calls, because MLflow's own calls give runs new ids.
/// </summary>
public sealed class ImportDoor(RunImports runs, ModelImports models) : IDoor
{
    private const string Parent = "/cairn/v1/projects/{project}/locations/{location}";
    private const long MaxBody = 32 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonRequest.Options)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Map(IRoutes routes)
    {
        routes.Add(
            "POST",
            Parent + "/runs:import",
            "mlflow.runs.import",
            (context, values) => AnswerAsync<RunImportRequest>(context, values, runs.WriteAsync),
            MaxBody
        );
        routes.Add(
            "POST",
            Parent + "/loggedModels:import",
            "mlflow.loggedModels.import",
            (context, values) => AnswerAsync<ModelImportRequest>(context, values, models.WriteAsync),
            MaxBody
        );
    }

    private static async Task AnswerAsync<T>(
        HttpContext context,
        RouteValues values,
        Func<string, string, T, CancellationToken, Task<ImportReply>> write
    )
    {
        context.RequireProject(values["project"]);
        var request = await JsonRequest.ReadAsync<T>(context, "an import", Json);
        var reply = await write(values["project"], values["location"], request, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(reply, Json, context.RequestAborted);
    }
}
