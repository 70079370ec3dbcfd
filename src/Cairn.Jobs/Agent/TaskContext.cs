using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>What is known of an attempt when its program is about to be started.</summary>
/// <param name="PythonPath">Folders of installed packages, as they are on this machine.</param>
/// <param name="Log">Where the agent speaks to the person whose job it is.</param>
internal sealed record TaskContext(
    AttemptDirectory Directory,
    TaskRecord Record,
    string Token,
    IReadOnlyList<string> PythonPath,
    LogSpool Log
)
{
    /// <summary>Where cloudml-hypertune writes, also where it is not told to.</summary>
    public const string MetricFolder = "/var/hypertune";

    public const string MetricFileVariable = "CLOUD_ML_HP_METRIC_FILE";

    /// <summary>The task's working folder.</summary>
    public string Work => Directory.In("work");

    public string Temporary => Directory.In("tmp");

    /// <summary>Where packages are installed.</summary>
    public string Packages => Directory.In("packages");

    /// <summary>What the task writes below <c>/gcs/BUCKET</c>.</summary>
    public string Upper => Directory.In("gcs/upper");

    public string Scratch => Directory.In("gcs/scratch");

    public string Merged => Directory.In("gcs/merged");

    /// <summary>What the task sees as <c>/var/hypertune</c>.</summary>
    public string Metrics => Directory.Metrics;

    public string MountPlanFile => Directory.In("mounts.json");

    /// <summary>
    /// The folders to look for programs in first. An interpreter that is a virtual environment's comes before links to it: it knows by its
    /// own place what it belongs to.
    /// </summary>
    /// <param name="own">Where the links are, or empty.</param>
    public string ProgramPath(string own)
    {
        var folder = Path.GetDirectoryName(Record.Interpreter) ?? "";
        return string.Join(
            ':',
            [
                .. File.Exists(Path.Combine(folder, "..", "pyvenv.cfg")) ? [folder] : (string[])[],
                .. Record.ProgramFolders,
                .. own.Length > 0 ? [own] : (string[])[],
            ]
        );
    }

    /// <summary>The task's environment with all that only the agent knows.</summary>
    /// <param name="pythonPath">The packages' folders as the task sees them.</param>
    /// <param name="path">Folders before the usual ones on PATH.</param>
    /// <param name="home">The home folder as the task sees it.</param>
    /// <param name="tokenFile">The token's file as the task sees it.</param>
    /// <param name="confined">Whether the task has the nodes of its own accelerators only.</param>
    public Dictionary<string, string> Environment(
        IEnumerable<string> pythonPath,
        string path,
        string home,
        string tokenFile,
        bool confined = false
    )
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["PYTHONUNBUFFERED"] = "1",
        };
        foreach (var (name, value) in Record.Environment)
        {
            environment[name] = value;
        }

        // What a scheduler has given this task of the machine's GPUs.
        foreach (var name in (string[])["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL"])
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } devices)
            {
                environment[name] = devices;
            }
        }

        // And what the server has, whose word is the last: what a task sets itself could be another's.
        foreach (var (name, value) in Record.Accelerators is { } own ? AcceleratorAccess.Variables(own, confined) : [])
        {
            environment[name] = value;
        }

        environment["PATH"] = string.Join(
            ':',
            new[] { path, environment.GetValueOrDefault("PATH"), "/usr/local/bin:/usr/bin:/bin" }.Where(part => !string.IsNullOrEmpty(part))
        );
        var python = string.Join(
            ':',
            pythonPath.Append(environment.GetValueOrDefault("PYTHONPATH")).Where(part => !string.IsNullOrEmpty(part))
        );
        if (python.Length > 0)
        {
            environment["PYTHONPATH"] = python;
        }

        environment["CAIRN_TOKEN"] = Token;
        environment.TryAdd("MLFLOW_TRACKING_TOKEN", Token);
        environment["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"] = tokenFile;
        GsutilConfiguration.AddTo(environment, this, Path.GetDirectoryName(tokenFile)!);
        environment[MetricFileVariable] = $"{MetricFolder}/{AttemptDirectory.MetricFileName}";
        return environment;
    }

    /// <summary>The command of a local environment: the package's module, or what the user gave.</summary>
    public IReadOnlyList<string> Command(string interpreter) =>
        Record.Package is { } package ? [interpreter, "-m", package.Module, .. Record.Arguments] : [.. Record.Command, .. Record.Arguments];
}
