using System.Globalization;
using Cairn.Imports.Door;
using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Names;
using Cairn.Tracking.Runs;

namespace Cairn.Imports;

/// <summary>
/// MLflow's file store: <c>EXPERIMENT/meta.yaml</c>, and for each run <c>EXPERIMENT/RUN/meta.yaml</c> with <c>params/</c>, <c>tags/</c>,
/// <c>metrics/</c> (lines of time in ms, value and step), <c>inputs/</c>, <c>outputs/</c> and <c>artifacts/</c>; datasets are in
/// <c>EXPERIMENT/datasets/</c>, logged models in <c>EXPERIMENT/models/</c>, the registry in <c>models/</c>. What was deleted has
/// <c>lifecycle_stage: deleted</c>, and deleted experiments lie in <c>.trash/</c>. Runs and models keep MLflow's ids.
/// </summary>
public sealed class MlrunsSource : IRunSource, IModelSource
{
    private const string Record = "meta.yaml";
    private const string Trash = ".trash";
    private const string Registry = "models";

    private readonly SourceFolder _folder;
    private readonly ArtifactPlaces _places;
    private readonly List<string> _problems = [];

    /// <param name="directory">The store.</param>
    /// <param name="readsOutside">Whether files are read that lie elsewhere on this machine.</param>
    /// <exception cref="StatusException">NOT_FOUND; INVALID_ARGUMENT for a folder that is no store.</exception>
    public MlrunsSource(string directory, bool readsOutside = false)
    {
        _folder = new SourceFolder(directory);
        _places = new ArtifactPlaces(readsOutside);
        if (!_folder.AnyHas(Record) && !_folder.AnyHas(Record, Trash) && !_folder.AnyHas(Record, Registry))
        {
            var hint = _folder.HasFolder("mlruns")
                ? "It has a folder 'mlruns'; name that."
                : "Name the folder that holds the experiments, 'mlruns'.";
            throw StatusException.InvalidArgument($"'{directory}' is no file store of MLflow's: no folder in it has a '{Record}'. {hint}");
        }
    }

    public IReadOnlyList<string> Problems => _problems;

    public IEnumerable<string> Elsewhere => _places.Elsewhere;

    public IEnumerable<ImportedRun> Read()
    {
        foreach (var (path, meta) in Experiments())
        {
            var deleted = path.StartsWith(Trash, StringComparison.Ordinal) || meta.Text("lifecycle_stage") == "deleted";
            var tags = new Dictionary<string, string>(Values($"{path}/tags"));
            foreach (var run in _folder.Folders(path))
            {
                if (Tried($"The run '{path}/{run}'", () => Run(path, run, Name(path, meta), deleted)) is { } found)
                {
                    yield return found with
                    {
                        ExperimentTags = tags,
                    };
                }
            }
        }
    }

    public IEnumerable<ImportedModel> Models()
    {
        foreach (var (path, meta) in Experiments().Where(static experiment => !experiment.Path.StartsWith(Trash, StringComparison.Ordinal)))
        {
            foreach (var model in _folder.Folders($"{path}/models"))
            {
                if (
                    Tried($"The logged model '{path}/models/{model}'", () => Model($"{path}/models/{model}", Name(path, meta))) is { } found
                )
                {
                    yield return found;
                }
            }
        }
    }

    public IEnumerable<ImportedRegistration> Registered()
    {
        foreach (var name in _folder.Folders(Registry))
        {
            if (Tried($"The registered model '{name}'", () => Registration($"{Registry}/{name}")) is { } found)
            {
                yield return found;
            }
        }
    }

    private static string Name(string path, MetaYaml meta) => meta.Text("name", path[(path.LastIndexOf('/') + 1)..]);

    private IEnumerable<(string Path, MetaYaml Meta)> Experiments() =>
        _folder
            .Folders()
            .Where(static name => name is not (Trash or Registry))
            .Concat(_folder.Folders(Trash).Select(static name => $"{Trash}/{name}"))
            .Select(path => (Path: path, Meta: Tried($"The experiment '{path}'", () => Meta(path))))
            .Where(static experiment => experiment.Meta is not null)
            .Select(static experiment => (experiment.Path, experiment.Meta!));

    private MetaYaml? Meta(string path) =>
        _folder.Text($"{path}/meta.yaml") is { } text
            ? MetaYaml.Parse(text) ?? throw StatusException.InvalidArgument($"'{path}/meta.yaml' is no YAML map.")
            : null;

    private ImportedRun? Run(string experiment, string run, string name, bool deleted)
    {
        var path = $"{experiment}/{run}";
        if (Meta(path) is not { } meta || (meta.Text("run_id") ?? meta.Text("run_uuid")) is null)
        {
            _folder.Probe(path);
            return null;
        }

        var id = meta.Text("run_id") ?? meta.Text("run_uuid")!;
        var tags = Values($"{path}/tags");
        var links = _folder.Folders($"{path}/inputs").Select(input => Meta($"{path}/inputs/{input}")).OfType<MetaYaml>().ToList();
        return new ImportedRun
        {
            Experiment = name,
            Id = ResourceIds.FromName(id),
            Name = tags.Find(static tag => tag.Key == "mlflow.runName").Value ?? meta.Text("run_name", id),
            User = meta.Text("user_id", tags.Find(static tag => tag.Key == "mlflow.user").Value ?? ""),
            Status = Status(meta.Text("status", "")),
            Start = Time(meta.Number("start_time")),
            End = Time(meta.Number("end_time")),
            Params = Values($"{path}/params"),
            Tags = tags,
            Metrics = [.. _folder.Files($"{path}/metrics").Select(file => new ImportedMetric(file.Key, Points(file.Value)))],
            Datasets = [.. links.Select(link => Dataset(experiment, link)).OfType<RunInput>()],
            ModelsUsed = [.. links.Select(ModelOf).OfType<string>()],
            ModelsMade =
            [
                .. _folder
                    .Folders($"{path}/outputs")
                    .Select(output => Meta($"{path}/outputs/{output}"))
                    .OfType<MetaYaml>()
                    .Select(static link => ModelOf(link) is { } model ? new ModelMade(model, link.Number("step") ?? 0) : null)
                    .OfType<ModelMade>(),
            ],
            Artifacts = Artifacts(path, meta.Text("artifact_uri", "")),
            Parent = tags.Find(static tag => tag.Key == "mlflow.parentRunId").Value is { Length: > 0 } parent
                ? ResourceIds.FromName(parent)
                : null,
            Deleted = deleted || meta.Text("lifecycle_stage") == "deleted",
        };
    }

    /// <summary>What a link from a run's inputs says of a dataset; null where it is of something else.</summary>
    private RunInput? Dataset(string experiment, MetaYaml link) =>
        link.Text("source_type") == "DATASET"
        && link.Text("source_id") is { Length: > 0 } id
        && !id.Contains('/', StringComparison.Ordinal)
        && Meta($"{experiment}/datasets/{id}") is { } meta
            ? new RunInput(
                meta.Text("name", ""),
                meta.Text("digest", ""),
                meta.Text("source_type", ""),
                meta.Text("source", ""),
                meta.Text("schema", ""),
                meta.Text("profile", ""),
                link.Pairs("tags")
            )
            : null;

    /// <summary>The logged model that a link names at either end.</summary>
    private static string? ModelOf(MetaYaml link) =>
        ((string[])["destination_id", "source_id"])
            .Select(link.Text)
            .FirstOrDefault(static id => id is not null && id.StartsWith("m-", StringComparison.Ordinal));

    private ImportedModel? Model(string path, string experiment)
    {
        if (Meta(path) is not { } meta || meta.Text("lifecycle_stage") == "deleted")
        {
            return null;
        }

        var created = meta.Number("creation_timestamp") ?? 0;
        var points = _folder
            .Files($"{path}/metrics")
            .SelectMany(file =>
                Lines(file.Value, most: 6)
                    .Select(line => new ModelPointImport(
                        file.Key,
                        line.Point.Step,
                        line.Point.TimeMicros / 1_000,
                        line.Point.Value,
                        line.Behind.ElementAtOrDefault(0) ?? "",
                        line.Behind.ElementAtOrDefault(1) ?? "",
                        line.Behind.ElementAtOrDefault(2) ?? ""
                    ))
            );
        return new ImportedModel(
            new ModelImportRequest(
                experiment,
                meta.Text("model_id", path[(path.LastIndexOf('/') + 1)..]),
                meta.Text("name", ""),
                meta.Text("model_type", ""),
                meta.Text("source_run_id", ""),
                meta.Text("status", "READY"),
                created,
                meta.Number("last_updated_timestamp") ?? created,
                Values($"{path}/params"),
                Values($"{path}/tags"),
                [.. points]
            ),
            Artifacts(path, meta.Text("artifact_location", ""))
        );
    }

    private IReadOnlyList<KeyValuePair<string, string>> Artifacts(string path, string address)
    {
        List<KeyValuePair<string, string>> own = [.. _folder.Files($"{path}/artifacts")];
        return own.Count > 0 ? own : _places.Find(path, address);
    }

    private ImportedRegistration? Registration(string path)
    {
        if (Meta(path) is not { } meta)
        {
            return null;
        }

        var versions = _folder
            .Folders(path)
            .Where(static name => name.StartsWith("version-", StringComparison.Ordinal))
            .Select(name => Version($"{path}/{name}"))
            .OfType<ImportedVersion>();
        var aliases = Values($"{path}/aliases")
            .Concat(meta.Pairs("aliases"))
            .DistinctBy(static alias => alias.Key)
            .Select(static alias =>
                int.TryParse(alias.Value, CultureInfo.InvariantCulture, out var number) ? KeyValuePair.Create(alias.Key, number) : default
            )
            .Where(static alias => alias.Value > 0);
        return new ImportedRegistration(
            meta.Text("name", path[(path.LastIndexOf('/') + 1)..]),
            meta.Text("description", ""),
            Values($"{path}/tags"),
            [.. versions.OrderBy(static version => version.Number)],
            [.. aliases]
        );
    }

    private ImportedVersion? Version(string path) =>
        Meta(path) is { } meta && meta.Number("version") is > 0 and var number && meta.Text("current_stage") != "Deleted_Internal"
            ? new ImportedVersion(
                (int)number,
                meta.Text("storage_location") ?? meta.Text("source", ""),
                meta.Text("run_id", ""),
                meta.Text("run_link", ""),
                meta.Text("current_stage", "None"),
                meta.Text("description", ""),
                Values($"{path}/tags")
            )
            : null;

    private T? Tried<T>(string what, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is StatusException or IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{what} could not be read: {error.Message}");
            return null;
        }
    }

    private List<KeyValuePair<string, string>> Values(string path) =>
        [.. _folder.Files(path).Select(static file => KeyValuePair.Create(file.Key, SourceFolder.TextOf(file.Value) ?? ""))];

    /// <summary>A run's points; lines of newer clients name a dataset behind the step.</summary>
    private IEnumerable<ImportedPoint> Points(string file) => Lines(file, most: 5).Select(static line => line.Point);

    private IEnumerable<(ImportedPoint Point, string[] Behind)> Lines(string file, int most)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                parts.Length >= 2
                && parts.Length <= most
                && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
                && time is > long.MinValue / 1_000 and < long.MaxValue / 1_000
                && Numbers.TryParse(parts[1], out var value)
                && long.TryParse(
                    parts.Length >= 3 ? parts[2] : "0",
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var step
                )
            )
            {
                yield return (new ImportedPoint(step, time * 1_000, value), parts.Length > 3 ? parts[3..] : []);
            }
            else if (parts.Length > 0)
            {
                _problems.Add($"'{file}' has no 'time value step' in line {number}.");
            }
        }
    }

    /// <summary>MLflow's run states, by number in its records.</summary>
    private static RunStatus Status(string status) =>
        status switch
        {
            "1" or "RUNNING" => RunStatus.Running,
            "2" or "SCHEDULED" => RunStatus.Scheduled,
            "4" or "FAILED" => RunStatus.Failed,
            "5" or "KILLED" => RunStatus.Killed,
            _ => RunStatus.Finished,
        };

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is > 0 and < 253_402_300_799_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;
}
