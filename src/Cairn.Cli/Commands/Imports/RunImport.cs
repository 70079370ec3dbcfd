using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Cli.Shell;
using Cairn.Imports;
using Cairn.Imports.Door;
using Cairn.Tensorboards.Names;

namespace Cairn.Cli.Commands.Imports;

/// <summary>
/// Writes what other tools have kept through the server's door for imports. A run's identity is its source's, so writing it again changes
/// nothing but what has changed there.
/// </summary>
internal sealed class RunImport(ApiSession session, ImportItems items, bool withArtifacts)
{
    private const int PointsPerCall = 5_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly HashSet<string> _experiments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly List<(string Parent, string Child)> _nested = [];
    private readonly List<ImportedRun> _linked = [];
    private readonly RunContexts _nodes = new(session.Client, session.Parent);
    private readonly RunArtifacts _artifacts = new(session, items);

    public ImportTotals Totals { get; } = new();

    /// <summary>Where the artifacts of what has been written are, by the id of the run or logged model.</summary>
    public IReadOnlyDictionary<string, string> Addresses => _addresses;

    public async Task WriteAsync(ImportedRun run, CancellationToken cancellation)
    {
        var description = new RunDescription(
            run.Experiment,
            run.Id,
            run.Name,
            run.User,
            run.Status.ToString().ToUpperInvariant(),
            run.Start?.ToUnixTimeMilliseconds(),
            run.End?.ToUnixTimeMilliseconds(),
            run.ExperimentTags,
            run.Params,
            run.Tags,
            run.Datasets,
            Deleted: false
        );
        var reply = await CallAsync("runs", new RunImportRequest { RunId = run.RunId, Run = description }, cancellation);
        if (reply.Skipped)
        {
            Totals.Skipped++;
            return;
        }

        _contexts[run.Id] = reply.Context!;
        _addresses[run.RunId] = reply.ArtifactUri;
        await PointsAsync(run, cancellation);
        if (withArtifacts && run.Artifacts.Count > 0)
        {
            await FilesAsync($"run '{run.Id}'", reply, run.Artifacts, cancellation);
            if (reply.ArtifactFolder is { } folder)
            {
                await items.TryAsync(
                    $"The node of the files of run '{run.Id}'",
                    () => _nodes.FilesAsync(reply.Context!, folder, cancellation)
                );
            }
        }

        if (run.Parent is { } parent)
        {
            _nested.Add((parent, run.Id));
        }

        if (run.ModelsUsed.Count + run.ModelsMade.Count > 0)
        {
            _linked.Add(run);
        }

        if (run.Deleted)
        {
            await CallAsync("runs", new RunImportRequest { RunId = run.RunId, Run = description with { Deleted = true } }, cancellation);
        }

        Totals.Runs++;
        Totals.Experiments += _experiments.Add(run.Experiment) ? 1 : 0;
    }

    public async Task WriteAsync(ImportedModel model, CancellationToken cancellation)
    {
        var request = model.Request with
        {
            Metrics = [.. model.Request.Metrics.Select(static metric => metric with { Name = KeyNames.Clean(metric.Name) })],
        };
        var reply = await CallAsync("loggedModels", request, cancellation);
        if (reply.Skipped)
        {
            Totals.Skipped++;
            return;
        }

        _addresses[request.ModelId] = reply.ArtifactUri;
        if (withArtifacts)
        {
            await FilesAsync($"logged model '{request.ModelId}'", reply, model.Artifacts, cancellation);
        }

        Totals.Models++;
    }

    /// <summary>Ties runs to what may have come after them: the runs they are nested in, and logged models.</summary>
    public async Task TieAsync(CancellationToken cancellation)
    {
        foreach (var (parent, child) in _nested)
        {
            await items.TryAsync(
                $"The nesting of the run '{child}' in '{parent}'",
                async () =>
                {
                    if (!_contexts.TryGetValue(parent, out var above) || !await _nodes.NestAsync(above, _contexts[child], cancellation))
                    {
                        items.Tell($"The run '{child}' is nested in '{parent}', which is not here.");
                    }
                }
            );
        }

        foreach (var run in _linked)
        {
            await items.TryAsync(
                $"What the run '{run.Id}' made and used",
                () =>
                    CallAsync(
                        "runs",
                        new RunImportRequest
                        {
                            RunId = run.RunId,
                            ModelsUsed = run.ModelsUsed,
                            ModelsMade = run.ModelsMade,
                        },
                        cancellation
                    )
            );
        }
    }

    private async Task FilesAsync(
        string of,
        ImportReply reply,
        IReadOnlyList<KeyValuePair<string, string>> files,
        CancellationToken cancellation
    )
    {
        if (reply.ArtifactFolder is { } folder)
        {
            await _artifacts.UploadAsync(of, folder, files, Totals, cancellation);
        }
        else if (files.Count > 0)
        {
            items.Tell($"The files of {of} belong at '{reply.ArtifactUri}', which this server does not keep; copy them there.");
        }
    }

    /// <summary>Writes the metrics' points, so many a call.</summary>
    private async Task PointsAsync(ImportedRun run, CancellationToken cancellation)
    {
        var batch = new List<PointSeries>();
        var count = 0;
        foreach (var metric in run.Metrics)
        {
            await items.TryAsync(
                $"The rest of the metric '{metric.Name}' of run '{run.Id}'",
                async () =>
                {
                    foreach (var points in metric.Points.Chunk(PointsPerCall))
                    {
                        if (count + points.Length > PointsPerCall)
                        {
                            await SendAsync();
                        }

                        batch.Add(
                            new PointSeries(
                                KeyNames.Clean(metric.Name),
                                [.. points.Select(static point => point.Step)],
                                [.. points.Select(static point => point.TimeMicros)],
                                [.. points.Select(static point => point.Value)]
                            )
                        );
                        count += points.Length;
                    }
                }
            );
        }

        await items.TryAsync($"The last points of run '{run.Id}'", SendAsync);

        async Task SendAsync()
        {
            // Taken before the call, so that points that are refused are not sent again with the next ones.
            var (sent, points) = (batch, count);
            (batch, count) = ([], 0);
            if (points > 0)
            {
                await CallAsync("runs", new RunImportRequest { RunId = run.RunId, Metrics = sent }, cancellation);
                Totals.Points += points;
            }
        }
    }

    private async Task<ImportReply> CallAsync<T>(string collection, T request, CancellationToken cancellation)
    {
        var answer = await session.Client.TextAsync(
            HttpMethod.Post,
            $"/cairn/v1/{session.Parent}/{collection}:import",
            JsonSerializer.Serialize(request, Json),
            cancellation
        );
        var reply = JsonSerializer.Deserialize<ImportReply>(answer, Json)!;
        foreach (var problem in reply.Problems)
        {
            items.Tell(problem);
        }

        return reply;
    }
}
