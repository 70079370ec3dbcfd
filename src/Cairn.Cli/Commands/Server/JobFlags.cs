using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Shell;
using Cairn.Jobs;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Environments;
using Cairn.Processes.Sandboxing;

namespace Cairn.Cli.Commands.Server;

/// <summary>How a server runs jobs, as options of its command line.</summary>
internal sealed class JobFlags
{
    private static readonly JobsOptions Defaults = new();

    private readonly Option<string> _executor = new("--executor")
    {
        Description =
            "Where jobs run: local: on this machine; slurm: on a Slurm cluster whose nodes see the data folder; kubernetes: in pods.",
        DefaultValueFactory = _ => "local",
    };
    private readonly Option<string?> _endpoint = new("--job-endpoint")
    {
        Description = "The URL at which tasks on other machines reach this server.",
        HelpName = "URL",
    };
    private readonly Option<int> _submitted = new("--job-submitted")
    {
        Description = "How many jobs may be with Slurm or Kubernetes at once, running or waiting there.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.MaxSubmitted,
    };
    private readonly SlurmFlags _slurm = new();
    private readonly KubernetesFlags _kubernetes = new();
    private readonly LimitFlags _limits = new();
    private readonly Option<int> _slots = new("--job-slots")
    {
        Description = "How many tasks, replicas of jobs, run on this machine at once; others wait in line.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.Slots,
    };
    private readonly Option<string> _accelerators = new("--job-accelerators")
    {
        Description =
            "The accelerators that this machine gives to jobs: auto: what NVIDIA's driver names; TYPE=COUNT,…: these, such as NVIDIA_TESLA_T4=2; refuse: jobs that ask for some are refused; ignore: they run without them, and their log says so.",
        HelpName = "auto|TYPE=COUNT,…|refuse|ignore",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<string> _sandbox = new("--job-sandbox")
    {
        Description =
            "auto: tasks run in bubblewrap where it is permitted, else as plain processes; required: they fail where it is not; off: never.",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<string> _overlay = new("--job-overlay")
    {
        Description = "on: a task's buckets are writable folders where the machine permits overlayfs; off: read-only but for its output.",
        DefaultValueFactory = _ => "on",
    };
    private readonly Option<string> _grace = Time(
        "--job-grace",
        "How long a task has between being asked to end and being killed.",
        Defaults.Grace
    );
    private readonly Option<string> _timeout = Time(
        "--job-timeout",
        "How long a job may run that sets no scheduling.timeout.",
        Defaults.DefaultTimeout
    );
    private readonly Option<int> _restarts = new("--job-restarts")
    {
        Description = "How often a job whose worker is lost is started again, where it asks for that.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.MaxRestarts,
    };
    private readonly Option<string> _pipIndex = new("--pip-index")
    {
        Description = "The package index from which what jobs require is installed once: pypi, an address, or none.",
        HelpName = "URL",
        DefaultValueFactory = _ => Defaults.PipIndex!,
    };
    private readonly Option<string?> _pipFindLinks = new("--pip-find-links")
    {
        Description = "A folder of wheels from which it is installed: a path, or gs://bucket/folder.",
        HelpName = "DIR",
    };
    private readonly Option<string> _environmentRetention = Time(
        "--environment-retention",
        "How long an installed environment is kept that no job uses.",
        Defaults.EnvironmentRetention
    );
    private readonly Option<int> _environmentSpace = new("--environment-space")
    {
        Description = "How many GiB installed environments may take before the longest unused ones are removed.",
        HelpName = "GIB",
        DefaultValueFactory = _ => (int)(Defaults.EnvironmentSpace >> 30),
    };
    private readonly Option<string> _machineTimeout = Time(
        "--machine-timeout",
        "How long another machine may be silent before its tasks count as lost.",
        Defaults.MachineTimeout
    );
    private readonly Option<string> _retention = Time("--log-retention", "How long log entries are kept.", Defaults.LogRetention);

    public JobFlags()
    {
        _executor.AcceptOnlyFromAmong("local", "slurm", "kubernetes");
        _sandbox.AcceptOnlyFromAmong("auto", "required", "off");
        _overlay.AcceptOnlyFromAmong("on", "off");
    }

    public IEnumerable<Option> All =>
        [
            _executor,
            _slots,
            _submitted,
            _endpoint,
            _accelerators,
            _sandbox,
            _overlay,
            _grace,
            _timeout,
            _restarts,
            _pipIndex,
            _pipFindLinks,
            _environmentRetention,
            _environmentSpace,
            _machineTimeout,
            _retention,
            .. _limits.All,
            .. _slurm.All,
            .. _kubernetes.All,
        ];

    /// <exception cref="CliException">Wrong usage: a number or time that cannot be.</exception>
    public JobsOptions Read(ParseResult parse) =>
        new()
        {
            Executor = Enum.Parse<JobsExecutor>(parse.GetValue(_executor)!, ignoreCase: true),
            Slots = AtLeast(1, parse, _slots),
            MaxSubmitted = AtLeast(1, parse, _submitted),
            Endpoint = Url(parse.GetValue(_endpoint)),
            Slurm = _slurm.Read(parse),
            Kubernetes = _kubernetes.Read(parse),
            Limits = _limits.Read(parse),
            Accelerators = Accelerators(parse.GetValue(_accelerators)!),
            Sandbox = Enum.Parse<SandboxMode>(parse.GetValue(_sandbox)!, ignoreCase: true),
            Overlay = parse.GetValue(_overlay) is "on",
            Grace = Lifetime.Parse(_grace.Name, parse.GetValue(_grace)!),
            DefaultTimeout = Lifetime.Parse(_timeout.Name, parse.GetValue(_timeout)!),
            MaxRestarts = AtLeast(0, parse, _restarts),
            PipIndex = Index(parse.GetValue(_pipIndex)!),
            PipFindLinks = parse.GetValue(_pipFindLinks) is { Length: > 0 } links
                ? links.StartsWith("gs://", StringComparison.Ordinal)
                    ? links
                    : Path.GetFullPath(links)
                : null,
            EnvironmentRetention = Lifetime.Parse(_environmentRetention.Name, parse.GetValue(_environmentRetention)!),
            EnvironmentSpace = (long)AtLeast(0, parse, _environmentSpace) << 30,
            MachineTimeout = Lifetime.Parse(_machineTimeout.Name, parse.GetValue(_machineTimeout)!),
            LogRetention = Lifetime.Parse(_retention.Name, parse.GetValue(_retention)!),
        };

    private AcceleratorOptions Accelerators(string text)
    {
        try
        {
            return AcceleratorOptions.Parse(text);
        }
        catch (FormatException e)
        {
            throw CliException.Usage($"{_accelerators.Name}: {e.Message}");
        }
    }

    private string? Index(string address) =>
        address switch
        {
            "none" or "" => null,
            EnvironmentSettings.PyPi => address,
            _ when Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => address,
            _ => throw CliException.Usage(
                $"{_pipIndex.Name} is '{address}'; it must be pypi, the http or https address of a package index, or none."
            ),
        };

    private static int AtLeast(int least, ParseResult parse, Option<int> option) =>
        parse.GetValue(option) is var value && value >= least
            ? value
            : throw CliException.Usage($"{option.Name} is {value}; it must be at least {least}.");

    private static Uri? Url(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.AbsolutePath == "/" ? url
        : throw CliException.Usage($"--job-endpoint is '{text}'; it must be a URL without a path, such as http://cairn.example.org:8080.");

    public static Option<string> Time(string name, string description, TimeSpan value) =>
        new(name)
        {
            Description = description,
            HelpName = "TIME",
            DefaultValueFactory = _ =>
                value.TotalDays >= 1 ? Text(value.TotalDays, 'd')
                : value.TotalMinutes >= 1 ? Text(value.TotalMinutes, 'm')
                : Text(value.TotalSeconds, 's'),
        };

    private static string Text(double number, char unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0.###}{unit}");
}
