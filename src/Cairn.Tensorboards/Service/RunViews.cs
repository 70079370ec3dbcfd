using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Tensorboards.Listing;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Tensorboards.Service;

/// <summary>Runs as a Tensorboard shows them.</summary>
internal sealed class RunViews(
    IDatabase database,
    Boards boards,
    ExperimentViews experiments,
    TrackedRuns tracked,
    Removal removal,
    IOperations operations,
    TimeProvider time
)
{
    private const int MaxBatch = 1_000;
    private const int MaxName = 500;

    // An order that is asked for needs them all at once.
    private const int MaxOrdered = 100_000;

    public Task<IReadOnlyList<TensorboardRun>> CreateAsync(
        ExperimentName parent,
        IReadOnlyList<CreateTensorboardRunRequest> requests,
        CancellationToken cancellation
    )
    {
        if (requests.Count > MaxBatch)
        {
            throw StatusException.InvalidArgument($"`requests` has {requests.Count} runs; at most {MaxBatch} can be created at a time.");
        }

        foreach (var request in requests)
        {
            if (request.Parent.Length > 0 && request.Parent != parent.ToString())
            {
                throw StatusException.InvalidArgument(
                    $"`requests` has the parent '{request.Parent}'; it must be '{parent}', as the batch's."
                );
            }

            ResourceIds.Require("tensorboard_run_id", request.TensorboardRunId);
            Labels.Require("tensorboard_run.labels", request.TensorboardRun.Labels);
            RequireName(request.TensorboardRun.DisplayName);
        }

        return database.WriteAsync<IReadOnlyList<TensorboardRun>>(
            session =>
            {
                var experiment = experiments.Require(session, boards.Require(session, parent.Tensorboard), parent);
                return [.. requests.Select(request => Create(session, parent, experiment, request))];
            },
            cancellation
        );
    }

    public Task<TensorboardRun> GetAsync(RunName name, CancellationToken cancellation) =>
        database.ReadAsync(session => Compose(session, name, Require(session, name).Run), cancellation);

    public Task<ListTensorboardRunsResponse> ListAsync(
        ListTensorboardRunsRequest request,
        ExperimentName parent,
        CancellationToken cancellation
    ) =>
        database.ReadAsync(
            session =>
            {
                var experiment = experiments.Require(session, boards.Require(session, parent.Tensorboard), parent);
                var size = Pages.Size(request.PageSize, 50, 1000);
                if (request.OrderBy.Length > 0)
                {
                    var all = Shown(session, parent, experiment, "").Take(MaxOrdered + 1).Select(static shown => shown.View).ToList();
                    if (all.Count > MaxOrdered)
                    {
                        throw StatusException.FailedPrecondition(
                            $"'{parent}' has more than {MaxOrdered} runs; list them without `order_by`, in the order of their ids."
                        );
                    }

                    var ordered = Pages.Of(
                        all,
                        static run => run.Name,
                        request.Parent,
                        request.Filter,
                        request.OrderBy,
                        size,
                        request.PageToken,
                        request.ReadMask
                    );
                    return new ListTensorboardRunsResponse { TensorboardRuns = { ordered.Items }, NextPageToken = ordered.NextPageToken };
                }

                var query = $"{request.Parent}\n{request.Filter}";
                var filter = MessageFilter.Parse(request.Filter, new TensorboardRun());
                var after = Pages.Read(query, request.PageToken) ?? "";
                var page = Shown(session, parent, experiment, after).Where(shown => filter.Matches(shown.View)).Take(size + 1).ToList();
                return new ListTensorboardRunsResponse
                {
                    TensorboardRuns = { page.Take(size).Select(shown => Pages.Masked(shown.View, request.ReadMask)) },
                    NextPageToken = page.Count > size ? Pages.Write(query, page[size - 1].Run.Slug) : "",
                };
            },
            cancellation
        );

    public Task<TensorboardRun> UpdateAsync(UpdateTensorboardRunRequest request, RunName name, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var run = Require(session, name).Run;
                var stored = Compose(session, name, run);
                Etags.Check(request.TensorboardRun.Etag, stored.Etag, stored.Name);
                var changed = FieldMasks.Apply(stored, request.TensorboardRun, request.UpdateMask);
                Labels.Require("tensorboard_run.labels", changed.Labels);
                if (changed.DisplayName != stored.DisplayName)
                {
                    tracked.RenameRun(session, run, RequireName(changed.DisplayName));
                }

                DetailTables.PutRun(
                    session,
                    run.Id,
                    DetailTables.OfRun(session, run.Id) with
                    {
                        Description = changed.Description,
                        Labels = Boards.ToJson(changed.Labels),
                        Updated = Now(),
                    }
                );
                return Compose(session, name, Require(session, name).Run);
            },
            cancellation
        );

    public Task<Operation> DeleteAsync(RunName name, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var found = Require(session, name);
                removal.Run(session, found.Board, found.Run);
                return operations.Deleted(session, name.Experiment.Tensorboard.Parent);
            },
            cancellation
        );

    /// <summary>The run, with where it is shown.</summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public ShownRun Require(ISqlSession session, RunName name)
    {
        var board = boards.Require(session, name.Experiment.Tensorboard);
        var experiment = experiments.Require(session, board, name.Experiment);
        return tracked.FindRun(session, experiment, name.Id) is { } run && !DetailTables.OfRun(session, run.Id).Hidden
            ? new ShownRun(board, experiment, run)
            : throw StatusException.NotFound($"TensorboardRun '{name}' does not exist.");
    }

    private TensorboardRun Create(ISqlSession session, ExperimentName parent, Experiment experiment, CreateTensorboardRunRequest request)
    {
        var name = new RunName(parent, request.TensorboardRunId);
        var run = tracked.FindRun(session, experiment, name.Id);
        var detail = run is null ? DetailRow.None with { MadeHere = true } : DetailTables.OfRun(session, run.Id);
        if (run is not null && !detail.Hidden)
        {
            throw StatusException.AlreadyExists($"TensorboardRun '{name}' already exists.");
        }

        run ??= tracked.CreateRun(session, experiment, name.Id, request.TensorboardRun.DisplayName);
        DetailTables.PutRun(
            session,
            run.Id,
            detail with
            {
                Description = request.TensorboardRun.Description,
                Labels = Boards.ToJson(request.TensorboardRun.Labels),
                Hidden = false,
                Updated = Now(),
            }
        );
        return Compose(session, name, run);
    }

    private IEnumerable<(Run Run, TensorboardRun View)> Shown(
        ISqlSession session,
        ExperimentName parent,
        Experiment experiment,
        string after
    ) =>
        tracked
            .Runs(session, experiment, after)
            .Where(run => !DetailTables.OfRun(session, run.Id).Hidden)
            .Select(run => (run, Compose(session, new RunName(parent, run.Slug), run)));

    private static TensorboardRun Compose(ISqlSession session, RunName name, Run run)
    {
        var detail = DetailTables.OfRun(session, run.Id);
        var view = new TensorboardRun
        {
            Name = name.ToString(),
            DisplayName = run.Name,
            Description = detail.Description,
            Labels = { Boards.FromJson(detail.Labels) },
            CreateTime = Timestamps.ToTimestamp(run.Created * 1000),
        };
        view.Etag = Etags.Of(view);
        view.UpdateTime = Timestamps.ToTimestamp(Math.Max(run.Updated * 1000, detail.Updated));
        return view;
    }

    private static string RequireName(string name) =>
        Characters.Count(name) is > 0 and <= MaxName
            ? name
            : throw StatusException.InvalidArgument(
                $"`tensorboard_run.display_name` has {name.Length} characters; it must have 1 to {MaxName}."
            );

    private long Now() => Timestamps.ToMicros(time.GetUtcNow());
}
