using System.Text.Json;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Tensorboards.Listing;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tensorboards.Service;

/// <summary>
/// The Tensorboard resources themselves: at most one of a location is the default one, which shows the experiments that name none.
/// </summary>
internal sealed class Boards(
    IDatabase database,
    IResourceStore store,
    IOperations operations,
    TrackedRuns tracked,
    BlobShelf shelf,
    IIdSource ids,
    TimeProvider time
)
{
    private const int PageSize = 100;
    private const int MaxDisplayName = 128;

    public async Task<Operation> CreateAsync(CreateTensorboardRequest request, CancellationToken cancellation)
    {
        var parent = TensorboardName.Parse($"{request.Parent}/tensorboards/x", "parent");
        var board = await MakeAsync(parent with { Id = ids.NextNumber() }, request.Tensorboard, cancellation);
        return await store.WriteAsync(
            session =>
            {
                var stored = Insert(session, board);
                return operations.Completed(
                    session,
                    parent.Parent,
                    stored,
                    new CreateTensorboardOperationMetadata { GenericMetadata = Now() }
                );
            },
            cancellation
        );
    }

    /// <summary>The location's default Tensorboard, made where there is none.</summary>
    public async Task<Tensorboard> DefaultAsync(string project, string location, CancellationToken cancellation)
    {
        var parent = new TensorboardName(project, location, ids.NextNumber());
        if (await database.ReadAsync(session => Default(session, parent.Parent), cancellation) is { } found)
        {
            return found;
        }

        var made = await MakeAsync(parent, new Tensorboard { DisplayName = "Default", IsDefault = true }, cancellation);
        return await store.WriteAsync(session => Default(session, parent.Parent) ?? Insert(session, made), cancellation);
    }

    public Task<Tensorboard> GetAsync(TensorboardName name, CancellationToken cancellation) =>
        database.ReadAsync(session => WithCount(session, Require(session, name)), cancellation);

    public async Task<ListTensorboardsResponse> ListAsync(ListTensorboardsRequest request, CancellationToken cancellation)
    {
        var query = new ListQuery(
            request.Parent,
            request.Filter,
            request.OrderBy,
            Pages.Size(request.PageSize, PageSize, PageSize),
            request.PageToken
        );
        var page = await store.ListAsync<Tensorboard>(TensorboardTables.Kind, query, cancellation);
        var counted = await database.ReadAsync(
            session => page.Items.Select(board => WithCount(session, board.Clone())).ToList(),
            cancellation
        );
        return new ListTensorboardsResponse
        {
            Tensorboards = { counted.Select(board => Pages.Masked(board, request.ReadMask)) },
            NextPageToken = page.NextPageToken,
        };
    }

    public Task<Operation> UpdateAsync(UpdateTensorboardRequest request, TensorboardName name, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                var stored = Require(session, name);
                var changed = FieldMasks.Apply(stored, request.Tensorboard, request.UpdateMask);
                Check(changed);
                changed.Etag = request.Tensorboard.Etag;
                if (changed.IsDefault && !stored.IsDefault)
                {
                    Undefault(session, name);
                }

                var updated = store.Update(session, TensorboardTables.Kind, changed);
                return operations.Completed(
                    session,
                    name.Parent,
                    WithCount(session, updated),
                    new UpdateTensorboardOperationMetadata { GenericMetadata = Now() }
                );
            },
            cancellation
        );

    /// <summary>
    /// Deletes a Tensorboard, and what was made through it. Experiments that were made elsewhere stay, and are shown by the default one.
    /// </summary>
    public Task<Operation> DeleteAsync(TensorboardName name, Action<ISqlSession, Experiment> remove, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                var board = Require(session, name);
                foreach (var experiment in tracked.Experiments(session, name.Project, name.Location).ToList())
                {
                    if (experiment.Tensorboard == board.Name)
                    {
                        remove(session, experiment);
                    }
                }

                store.Delete(session, TensorboardTables.Kind, board.Name);
                session.Execute("DELETE FROM tensorboard_views WHERE tensorboard = $1", board.Name);
                return operations.Deleted(session, name.Parent);
            },
            cancellation
        );

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Tensorboard Require(ISqlSession session, TensorboardName name) =>
        store.Find<Tensorboard>(session, TensorboardTables.Kind, name.ToString())
        ?? throw StatusException.NotFound($"Tensorboard '{name}' does not exist.");

    /// <summary>Whether a Tensorboard shows an experiment.</summary>
    public static bool Shows(Tensorboard board, Experiment experiment) =>
        experiment.Tensorboard is { } named ? named == board.Name : board.IsDefault;

    /// <summary>Labels as they are stored in rows of this room.</summary>
    public static string ToJson(IDictionary<string, string> labels) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(labels, StringComparer.Ordinal));

    public static Dictionary<string, string> FromJson(string labels) =>
        labels.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(labels)!;

    private Tensorboard? Default(ISqlSession session, string parent) =>
        store.Children<Tensorboard>(session, TensorboardTables.Kind, parent).FirstOrDefault(static board => board.IsDefault);

    private async Task<Tensorboard> MakeAsync(TensorboardName name, Tensorboard given, CancellationToken cancellation)
    {
        Check(given);
        return new Tensorboard
        {
            Name = name.ToString(),
            DisplayName = given.DisplayName,
            Description = given.Description,
            EncryptionSpec = given.EncryptionSpec?.Clone(),
            Labels = { given.Labels },
            IsDefault = given.IsDefault,
            BlobStoragePathPrefix = await shelf.PrefixAsync(name, cancellation),
        };
    }

    private Tensorboard Insert(ISqlSession session, Tensorboard board)
    {
        if (board.IsDefault)
        {
            Undefault(session, TensorboardName.Parse(board.Name, "name"));
        }

        return store.Insert(session, TensorboardTables.Kind, board);
    }

    private void Undefault(ISqlSession session, TensorboardName besides)
    {
        foreach (var board in store.Children<Tensorboard>(session, TensorboardTables.Kind, besides.Parent))
        {
            if (board.IsDefault && board.Name != besides.ToString())
            {
                board.IsDefault = false;
                store.Update(session, TensorboardTables.Kind, board);
            }
        }
    }

    private Tensorboard WithCount(ISqlSession session, Tensorboard board)
    {
        var name = TensorboardName.Parse(board.Name, "name");
        board.RunCount = (int)
            Math.Min(
                int.MaxValue,
                tracked
                    .Experiments(session, name.Project, name.Location)
                    .Where(experiment => Shows(board, experiment))
                    .Sum(experiment => tracked.CountRuns(session, experiment))
            );
        return board;
    }

    private static void Check(Tensorboard board)
    {
        if (Characters.Count(board.DisplayName) is 0 or > MaxDisplayName)
        {
            throw StatusException.InvalidArgument(
                $"`tensorboard.display_name` has {board.DisplayName.Length} characters; it must have 1 to {MaxDisplayName}."
            );
        }

        Labels.Require("tensorboard.labels", board.Labels);
    }

    private GenericOperationMetadata Now() =>
        new() { CreateTime = time.GetUtcNow().ToTimestamp(), UpdateTime = time.GetUtcNow().ToTimestamp() };
}
