using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Tensorboards.Names;

namespace Cairn.Tracking.Imports;

/// <summary>
/// MLflow's file store: <c>EXPERIMENT/meta.yaml</c>, and for each run <c>EXPERIMENT/RUN/meta.yaml</c> with <c>params/</c>, <c>tags/</c>, <c>metrics/</c> (lines of
/// time in ms, value and step) and <c>artifacts/</c>; what was deleted has <c>lifecycle_stage: deleted</c>, and deleted experiments lie in <c>.trash/</c>. Runs keep MLflow's ids.
/// </summary>
public sealed class MlrunsSource(string directory) : IRunSource
{
    private const string Trash = ".trash";

    private readonly SourceFolder folder = new(directory);
    private readonly List<string> problems = [];

    public IReadOnlyList<string> Problems => problems;

    public IEnumerable<ImportedRun> Read()
    {
        foreach (var experiment in folder.Folders().Where(static name => name is not (Trash or "models")).Concat(folder.Folders(Trash).Select(static name => $"{Trash}/{name}")))
        {
            if (folder.Text($"{experiment}/meta.yaml") is not { } text)
            {
                continue;
            }

            var meta = FlatYaml.Parse(text);
            var name = meta.GetValueOrDefault("name") is { Length: > 0 } given ? given : experiment;
            var deleted = experiment.StartsWith(Trash, StringComparison.Ordinal) || meta.GetValueOrDefault("lifecycle_stage") == "deleted";
            foreach (var run in folder.Folders(experiment))
            {
                if (Run($"{experiment}/{run}", name, deleted) is { } found)
                {
                    yield return found;
                }
            }
        }
    }

    private ImportedRun? Run(string path, string experiment, bool deleted)
    {
        try
        {
            if (folder.Text($"{path}/meta.yaml") is not { } text)
            {
                return null;
            }

            var meta = FlatYaml.Parse(text);
            var id = meta.GetValueOrDefault("run_id") ?? meta.GetValueOrDefault("run_uuid") ?? path[(path.LastIndexOf('/') + 1)..];
            var tags = Values($"{path}/tags");
            return new ImportedRun
            {
                Experiment = experiment,
                Id = ResourceIds.FromName(id),
                Name = tags.Find(static tag => tag.Key == "mlflow.runName").Value ?? (meta.GetValueOrDefault("run_name") is { Length: > 0 } name ? name : id),
                State = State(meta.GetValueOrDefault("status") ?? ""),
                Start = Time(meta.GetValueOrDefault("start_time")),
                End = Time(meta.GetValueOrDefault("end_time")),
                Params = Values($"{path}/params"),
                Tags = tags,
                Metrics = [.. folder.Files($"{path}/metrics").Select(file => new ImportedMetric(file.Key, Points(file.Value)))],
                Artifacts = [.. folder.Files($"{path}/artifacts")],
                Parent = tags.Find(static tag => tag.Key == "mlflow.parentRunId").Value is { Length: > 0 } parent ? ResourceIds.FromName(parent) : null,
                Deleted = deleted || meta.GetValueOrDefault("lifecycle_stage") == "deleted",
            };
        }
        catch (Exception error) when (error is StatusException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"The run '{path}' could not be read: {error.Message}");
            return null;
        }
    }

    private List<KeyValuePair<string, string>> Values(string path) =>
        [.. folder.Files(path).Select(static file => KeyValuePair.Create(file.Key, SourceFolder.TextOf(file.Value) ?? ""))];

    private IEnumerable<ImportedPoint> Points(string file)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length is 2 or 3
                && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
                && Numbers.TryParse(parts[1], out var value)
                && long.TryParse(parts.Length == 3 ? parts[2] : "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var step))
            {
                yield return new ImportedPoint(step, time * 1000, value);
            }
            else if (parts.Length > 0)
            {
                problems.Add($"'{file}' has no 'time value step' in line {number}.");
            }
        }
    }

    /// <summary>MLflow's run states, by number in its older records.</summary>
    private static string State(string status) => status switch
    {
        "1" or "RUNNING" => "RUNNING",
        "2" or "SCHEDULED" => "RUNNING",
        "4" or "FAILED" => "FAILED",
        "5" or "KILLED" => "CANCELLED",
        _ => "COMPLETE",
    };

    private static DateTimeOffset? Time(string? milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 253_402_300_799_000 ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
