using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Names;
using Cairn.Tracking.Runs;

namespace Cairn.Imports;

/// <summary>
/// What Sacred's FileStorageObserver writes: a folder for each run with <c>run.json</c>, <c>config.json</c>, <c>metrics.json</c>,
/// <c>info.json</c>, <c>cout.txt</c> and the run's artifacts. Numbers that Sacred has written as pickled Python objects are passed over:
/// nothing is unpickled.
/// </summary>
public sealed partial class SacredSource : IRunSource
{
    private const string Record = "run.json";

    private static readonly HashSet<string> Records = [Record, "config.json", "metrics.json"];

    // Sacred writes NaN and Infinity as Python's json does, which is no JSON.
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, MaxDepth = 64 };

    private readonly SourceFolder _folder;
    private readonly List<string> _problems = [];

    /// <exception cref="StatusException">NOT_FOUND; INVALID_ARGUMENT for a folder without runs of Sacred's.</exception>
    public SacredSource(string directory)
    {
        _folder = new SourceFolder(directory);
        if (!_folder.AnyHas(Record))
        {
            throw StatusException.InvalidArgument(
                $"'{directory}' is no folder of a FileStorageObserver: no folder in it has a '{Record}'. Name the folder that holds the runs, not one of them."
            );
        }
    }

    public IReadOnlyList<string> Problems => _problems;

    public IEnumerable<ImportedRun> Read()
    {
        foreach (var name in _folder.Folders().Where(static name => name[0] != '_'))
        {
            ImportedRun? run = null;
            try
            {
                run = Run(name);
            }
            catch (Exception error)
                when (error is StatusException or IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
            {
                _problems.Add($"The run '{name}' could not be read: {error.Message}");
            }

            if (run is not null)
            {
                yield return run;
            }
        }
    }

    private ImportedRun? Run(string name)
    {
        if (_folder.Text($"{name}/{Record}") is not { } text)
        {
            _folder.Probe(name);
            return null;
        }

        using var run = Json(text);
        var root = run.RootElement;
        var experiment = Text(root, "experiment", "name") is { Length: > 0 } given ? given : "sacred";
        var start = Time(Text(root, "start_time"));

        // The same wherever the folder is mounted from: where it came from, and when it began.
        var digest = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{experiment}\n{name}\n{start?.ToUnixTimeMilliseconds()}"))
        )[..12];
        return new ImportedRun
        {
            Experiment = experiment,
            Id = $"{ResourceIds.FromName(name.ToLowerInvariant())}-{digest}",
            Name = $"{experiment}-{name}",
            Status = Text(root, "status") switch
            {
                "COMPLETED" => RunStatus.Finished,
                "QUEUED" => RunStatus.Scheduled,
                "RUNNING" => RunStatus.Running,
                "INTERRUPTED" => RunStatus.Killed,
                _ => RunStatus.Failed,
            },
            Start = start,
            End = Time(Text(root, "stop_time")),
            Params = _folder.Text($"{name}/config.json") is { } config ? Flatten(config) : [],
            Tags = [.. Tags(root)],
            Metrics = _folder.Text($"{name}/metrics.json") is { } metrics ? Metrics(metrics) : [],
            Artifacts = [.. _folder.Files(name).Where(static file => !Records.Contains(file.Key))],
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Tags(JsonElement run)
    {
        foreach (
            var (key, path) in new (string, string[])[]
            {
                ("sacred.command", ["command"]),
                ("sacred.status", ["status"]),
                ("sacred.result", ["result"]),
                ("sacred.host", ["host", "hostname"]),
                ("sacred.python", ["host", "python_version"]),
                ("sacred.mainfile", ["experiment", "mainfile"]),
                ("sacred.comment", ["meta", "comment"]),
            }
        )
        {
            if (Text(run, path) is { Length: > 0 } value)
            {
                yield return KeyValuePair.Create(key, value);
            }
        }

        if (
            run.TryGetProperty("experiment", out var experiment)
            && experiment.ValueKind == JsonValueKind.Object
            && experiment.TryGetProperty("repositories", out var repositories)
            && repositories.ValueKind == JsonValueKind.Array
            && repositories.GetArrayLength() > 0
            && Text(repositories[0], "commit") is { Length: > 0 } commit
        )
        {
            yield return KeyValuePair.Create("mlflow.source.git.commit", commit);
        }
    }

    private static List<KeyValuePair<string, string>> Flatten(string config)
    {
        var found = new List<KeyValuePair<string, string>>();
        using var json = Json(config);
        Walk("", json.RootElement);
        return found;

        void Walk(string path, JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any() && SacredValue.Sequence(element) is null)
            {
                foreach (var property in element.EnumerateObject())
                {
                    Walk(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
                }
            }
            else if (path.Length > 0)
            {
                found.Add(
                    KeyValuePair.Create(path, element.ValueKind == JsonValueKind.String ? element.GetString()! : SacredValue.Text(element))
                );
            }
        }
    }

    private List<ImportedMetric> Metrics(string text)
    {
        var found = new List<ImportedMetric>();
        using var json = Json(text);
        foreach (var metric in json.RootElement.EnumerateObject())
        {
            if (
                metric.Value.ValueKind != JsonValueKind.Object
                || !metric.Value.TryGetProperty("values", out var values)
                || values.ValueKind != JsonValueKind.Array
            )
            {
                continue;
            }

            var points = new List<ImportedPoint>();
            var (steps, times) = (List(metric.Value, "steps"), List(metric.Value, "timestamps"));
            var index = 0;
            var uneven = new List<string>();
            foreach (var value in values.EnumerateArray())
            {
                if (Number(value) is { } number)
                {
                    var step = index < steps.Count ? Step(steps[index], index, uneven) : index;
                    var time = index < times.Count ? Time(times[index].ToString()) : null;
                    points.Add(new ImportedPoint(step, time is { } at ? Kernel.Store.Timestamps.ToMicros(at) : 0, number));
                }
                else
                {
                    _problems.Add($"'{metric.Name}' has a value that is no plain number, at index {index}.");
                }

                index++;
            }

            if (uneven.Count > 0)
            {
                _problems.Add(
                    $"'{metric.Name}' has {uneven.Count} steps that are no whole numbers, the first of them {uneven[0]}; their values are kept, at the whole step below, or at their index."
                );
            }

            found.Add(new ImportedMetric(metric.Name, points));
        }

        return found;
    }

    /// <summary>A step is a whole number here, and anything to Sacred.</summary>
    /// <param name="uneven">Takes those that are not whole.</param>
    private static long Step(JsonElement given, int index, List<string> uneven)
    {
        if (given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var whole))
        {
            return whole;
        }

        var number = Number(given);
        var below = number is >= long.MinValue and < 9.2e18 ? (long)Math.Floor(number.Value) : index;
        if (number is null || below != number)
        {
            uneven.Add(given.ToString());
        }

        return below;
    }

    private static List<JsonElement> List(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    /// <summary>A number, also where Sacred wrote a NumPy one with its type.</summary>
    private static double? Number(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.String when Numbers.TryParse(element.GetString()!, out var number) => number,
            JsonValueKind.Object when element.TryGetProperty("value", out var inner) && inner.ValueKind == JsonValueKind.Number =>
                inner.GetDouble(),
            _ => null,
        };

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind is JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array ? null : element.ToString();
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    private static JsonDocument Json(string text) =>
        JsonDocument.Parse(
            NotNumbers().Replace(text, static match => match.Groups[1].Success ? match.Value : $"\"{match.Value}\""),
            Lenient
        );

    /// <summary>Strings, which stay, and outside of them what Python writes for numbers that JSON has not.</summary>
    [GeneratedRegex("""("(?:[^"\\]|\\.)*")|-?\bInfinity\b|\bNaN\b""", RegexOptions.None, 10_000)]
    private static partial Regex NotNumbers();
}
