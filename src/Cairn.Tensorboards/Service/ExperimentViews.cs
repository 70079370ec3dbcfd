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

/// <summary>Experiments as a Tensorboard shows them.</summary>
internal sealed class ExperimentViews(
    IDatabase database,
    Boards boards,
    TrackedRuns tracked,
    Removal removal,
    IOperations operations,
    TimeProvider time
)
{
    private const int MaxName = 500;

    public Task<TensorboardExperiment> CreateAsync(
        CreateTensorboardExperimentRequest request,
        TensorboardName parent,
        CancellationToken cancellation
    )
    {
        ResourceIds.Require("tensorboard_experiment_id", request.TensorboardExperimentId);
        var given = request.TensorboardExperiment ?? new TensorboardExperiment();
        Labels.Require("tensorboard_experiment.labels", given.Labels);
        return database.WriteAsync(
            session =>
            {
                var name = new ExperimentName(parent, request.TensorboardExperimentId);
                var board = boards.Require(session, parent);
                var experiment =
                    tracked.FindShown(session, board.Name, name.Id)
                    ?? tracked.FindExperiment(session, parent.Project, parent.Location, name.Id);
                var detail = experiment is null
                    ? DetailRow.None with
                    {
                        MadeHere = true,
                    }
                    : DetailTables.OfExperiment(session, experiment.Id);
                if (experiment is not null && !detail.Hidden && Boards.Shows(board, experiment))
                {
                    throw StatusException.AlreadyExists($"TensorboardExperiment '{name}' already exists.");
                }

                var called = given.DisplayName.Length > 0 ? RequireName(given.DisplayName) : name.Id;
                string? shownId = null;
                if (experiment is null)
                {
                    experiment = tracked.CreateExperiment(
                        session,
                        parent.Project,
                        parent.Location,
                        name.Id,
                        called,
                        board.IsDefault ? null : board.Name
                    );
                }
                else if (!detail.Hidden && (experiment.Tensorboard is not null || detail.MadeHere))
                {
                    // Another tensorboard's experiment has the id: this one is its own.
                    (shownId, detail) = (name.Id, DetailRow.None with { MadeHere = true });
                    experiment = tracked.CreateShown(session, parent.Project, parent.Location, name.Id, called, board.Name);
                }
                else
                {
                    tracked.MoveExperiment(session, experiment, board.IsDefault ? null : board.Name);
                }

                DetailTables.PutExperiment(
                    session,
                    experiment.Id,
                    detail with
                    {
                        Description = given.Description,
                        Labels = Boards.ToJson(given.Labels),
                        Source = given.Source,
                        Hidden = false,
                        Updated = Now(),
                    }
                );
                if (shownId is not null)
                {
                    DetailTables.SetShownId(session, experiment.Id, shownId);
                }

                return Compose(session, name, Require(session, board, name));
            },
            cancellation
        );
    }

    public Task<TensorboardExperiment> GetAsync(ExperimentName name, CancellationToken cancellation) =>
        database.ReadAsync(
            session => Compose(session, name, Require(session, boards.Require(session, name.Tensorboard), name)),
            cancellation
        );

    public Task<ListTensorboardExperimentsResponse> ListAsync(
        ListTensorboardExperimentsRequest request,
        TensorboardName parent,
        CancellationToken cancellation
    ) =>
        database.ReadAsync(
            session =>
            {
                var board = boards.Require(session, parent);
                var shown = tracked
                    .Experiments(session, parent.Project, parent.Location)
                    .Where(experiment => Boards.Shows(board, experiment) && !DetailTables.OfExperiment(session, experiment.Id).Hidden)
                    .Select(experiment =>
                        Compose(
                            session,
                            new ExperimentName(parent, DetailTables.ShownId(session, experiment.Id) ?? experiment.Slug),
                            experiment
                        )
                    );
                var page = Pages.Of(
                    shown,
                    static experiment => experiment.Name,
                    request.Parent,
                    request.Filter,
                    request.OrderBy,
                    Pages.Size(request.PageSize, 50, 1000),
                    request.PageToken,
                    request.ReadMask
                );
                return new ListTensorboardExperimentsResponse
                {
                    TensorboardExperiments = { page.Items },
                    NextPageToken = page.NextPageToken,
                };
            },
            cancellation
        );

    public Task<TensorboardExperiment> UpdateAsync(
        UpdateTensorboardExperimentRequest request,
        ExperimentName name,
        CancellationToken cancellation
    ) =>
        database.WriteAsync(
            session =>
            {
                var experiment = Require(session, boards.Require(session, name.Tensorboard), name);
                var stored = Compose(session, name, experiment);
                Etags.Check(request.TensorboardExperiment.Etag, stored.Etag, stored.Name);
                var changed = FieldMasks.Apply(stored, request.TensorboardExperiment, request.UpdateMask);
                if (changed.Source != stored.Source)
                {
                    throw StatusException.InvalidArgument("`tensorboard_experiment.source` cannot be changed.");
                }

                Labels.Require("tensorboard_experiment.labels", changed.Labels);
                if (changed.DisplayName != stored.DisplayName)
                {
                    tracked.RenameExperiment(session, experiment, RequireName(changed.DisplayName));
                }

                var detail = DetailTables.OfExperiment(session, experiment.Id);
                DetailTables.PutExperiment(
                    session,
                    experiment.Id,
                    detail with
                    {
                        Description = changed.Description,
                        Labels = Boards.ToJson(changed.Labels),
                        Updated = Now(),
                    }
                );
                return Compose(session, name, Require(session, boards.Require(session, name.Tensorboard), name));
            },
            cancellation
        );

    public Task<Operation> DeleteAsync(ExperimentName name, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var board = boards.Require(session, name.Tensorboard);
                removal.Experiment(session, board, Require(session, board, name));
                return operations.Deleted(session, name.Tensorboard.Parent);
            },
            cancellation
        );

    /// <exception cref="StatusException">NOT_FOUND where the Tensorboard shows no such experiment.</exception>
    public Experiment Require(ISqlSession session, Tensorboard board, ExperimentName name) =>
        (
            tracked.FindShown(session, board.Name, name.Id)
            ?? tracked.FindExperiment(session, name.Tensorboard.Project, name.Tensorboard.Location, name.Id)
        )
            is { } experiment
        && Boards.Shows(board, experiment)
        && !DetailTables.OfExperiment(session, experiment.Id).Hidden
            ? experiment
            : throw StatusException.NotFound($"TensorboardExperiment '{name}' does not exist.");

    private static TensorboardExperiment Compose(ISqlSession session, ExperimentName name, Experiment experiment)
    {
        var detail = DetailTables.OfExperiment(session, experiment.Id);
        var view = new TensorboardExperiment
        {
            Name = name.ToString(),
            DisplayName = experiment.Name,
            Description = detail.Description,
            Labels = { Boards.FromJson(detail.Labels) },
            Source = detail.Source,
            CreateTime = Timestamps.ToTimestamp(experiment.Created * 1000),
        };
        view.Etag = Etags.Of(view);
        view.UpdateTime = Timestamps.ToTimestamp(Math.Max(experiment.Updated * 1000, detail.Updated));
        return view;
    }

    private static string RequireName(string name) =>
        Characters.Count(name) is > 0 and <= MaxName
            ? name
            : throw StatusException.InvalidArgument(
                $"`tensorboard_experiment.display_name` has {name.Length} characters; it must have 1 to {MaxName}."
            );

    private long Now() => Timestamps.ToMicros(time.GetUtcNow());
}
