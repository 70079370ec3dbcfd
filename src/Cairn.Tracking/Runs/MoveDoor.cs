using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Tracking.Runs;

/// <summary>
/// <c>POST /cairn/v1/projects/{project}/locations/{location}/runs:move</c>: runs go to another experiment of their project, with all that
/// they logged. All of them move, or none.
/// </summary>
public sealed class MoveDoor(IDatabase database, ExperimentStore experiments, RunStore runs) : IDoor
{
    private const int MaxRuns = 1_000;

    public void Map(IRoutes routes) =>
        routes.Add("POST", "/cairn/v1/projects/{project}/locations/{location}/runs:move", "mlflow.runs.update", MoveAsync);

    private async Task MoveAsync(HttpContext context, RouteValues values)
    {
        var project = values["project"];
        context.RequireProject(project);
        var request = await ReadAsync(context);
        await database.WriteAsync(
            session =>
            {
                var to = Visible(session, project, request.ExperimentId);
                if (to.Stage != Lifecycle.Active)
                {
                    throw StatusException.FailedPrecondition(
                        $"Experiment {to.Id} '{to.Name}' is deleted; restore it, or move the runs elsewhere."
                    );
                }

                foreach (var id in request.RunIds!)
                {
                    var run = runs.Get(session, id);
                    _ =
                        experiments.Get(session, run.Experiment).Project == project
                            ? run
                            : throw StatusException.NotFound($"Run with id={id} not found");
                    runs.Move(session, run, to);
                }

                return true;
            },
            context.RequestAborted
        );
        await context.Response.WriteAsJsonAsync(new { }, context.RequestAborted);
    }

    private Experiment Visible(ISqlSession session, string project, long id) =>
        experiments.Find(session, id) is { } experiment && experiment.Project == project
            ? experiment
            : throw StatusException.NotFound($"No Experiment with id={id} exists");

    private static async Task<Request> ReadAsync(HttpContext context)
    {
        return
            await JsonRequest.ReadAsync<Request>(context, "a move") is { RunIds: { Count: > 0 and <= MaxRuns }, ExperimentId: >= 0 } request
            ? request
            : throw StatusException.InvalidArgument($"`runIds` must have 1 to {MaxRuns} runs, and `experimentId` say where they go.");
    }

    /// <param name="RunIds">The runs.</param>
    /// <param name="ExperimentId">Where they go.</param>
    private sealed record Request(IReadOnlyList<string>? RunIds = null, long ExperimentId = -1);
}
