using System.Globalization;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Accelerators;

/// <summary>The accelerators that this machine gives to tasks. Looked for once, when the server starts.</summary>
internal sealed class AcceleratorPool
{
    private const string Stating = "with --job-accelerators NVIDIA_TESLA_T4=2, say, if this machine has them";
    private const string WaysOut =
        "with --executor slurm or kubernetes to have them of a cluster, or with --job-accelerators ignore to run such jobs without them";

    private readonly AcceleratorMode _mode;
    private readonly string _missing;

    public AcceleratorPool(JobsOptions options)
    {
        var own = options.Accelerators;
        _mode = own.Mode;
        (Accelerators, _missing) = _mode switch
        {
            AcceleratorMode.Auto => Find(own),
            AcceleratorMode.Stated => (State(own), ""),
            _ => ([], ""),
        };
        All = AcceleratorCounts.Of(Accelerators);
    }

    /// <summary>By their numbers.</summary>
    public IReadOnlyList<Accelerator> Accelerators { get; }

    public AcceleratorCounts All { get; }

    /// <summary>What a job asks of this machine's line: nothing where jobs run without.</summary>
    public AcceleratorCounts Wanted(CustomJobSpec spec) =>
        _mode == AcceleratorMode.Ignore ? AcceleratorCounts.None : AcceleratorCounts.Of(spec);

    /// <summary>What a task in line asks for, also one that was put there under another configuration.</summary>
    public AcceleratorCounts Wanted(string stored) =>
        _mode == AcceleratorMode.Ignore ? AcceleratorCounts.None : AcceleratorCounts.Parse(stored);

    /// <summary>Adds what the driver calls it, where that is known.</summary>
    public Accelerator Identify(Accelerator given) =>
        given with
        {
            Uuid = Accelerators.FirstOrDefault(one => one.Number == given.Number)?.Uuid,
        };

    /// <summary>Those that no task has.</summary>
    public IReadOnlyList<Accelerator> Free(IEnumerable<Accelerator> taken)
    {
        var numbers = taken.Select(static one => one.Number).ToHashSet();
        return [.. Accelerators.Where(one => !numbers.Contains(one.Number))];
    }

    /// <summary>Why a job can never have its accelerators on this machine, or null where it can.</summary>
    public string? Obstacle(AcceleratorCounts wanted) =>
        All.Cover(wanted) ? null
        : _mode == AcceleratorMode.Refuse
            ? $"The job asks for {wanted.Describe()}, and this server gives the tasks of its own machine no accelerators. Leave `machine_spec.accelerator_type` and `accelerator_count` out, or start the server {WaysOut}."
        : Accelerators.Count == 0
            ? $"The job asks for {wanted.Describe()}, and {_missing}. Leave `machine_spec.accelerator_type` and `accelerator_count` out, or start the server {Stating}, {WaysOut}."
        : $"The job asks for {wanted.Describe()} with all its replicas, which start together, and this machine has {All.Describe()}. Ask for no more than that in `machine_spec.accelerator_type` and `accelerator_count`, or start the server {WaysOut}.";

    private static List<Accelerator> State(AcceleratorOptions options)
    {
        var known = DriverInformation.Read(options.DriverFolder).ToLookup(static gpu => gpu.Minor);
        return [.. options.Stated.Select((type, number) => new Accelerator(number, type, known[number].FirstOrDefault()?.Uuid))];
    }

    private static (List<Accelerator> Found, string Missing) Find(AcceleratorOptions options)
    {
        var seen = DriverInformation.Read(options.DriverFolder).Where(gpu => File.Exists(Node(options, gpu.Minor))).ToList();
        List<Accelerator> found =
        [
            .. seen.Where(static gpu => AcceleratorModels.Type(gpu.Model) is not null)
                .Select(static gpu => new Accelerator(gpu.Minor, AcceleratorModels.Type(gpu.Model)!, gpu.Uuid)),
        ];
        return (
            found,
            seen.Count == 0
                ? $"this server found none on its machine ({options.DriverFolder} names none that is in {options.DeviceFolder})"
                : $"the API has no name for what this server found on its machine ({string.Join(", ", seen.Select(static gpu => gpu.Model))})"
        );
    }

    private static string Node(AcceleratorOptions options, int minor) =>
        Path.Combine(options.DeviceFolder, string.Create(CultureInfo.InvariantCulture, $"nvidia{minor}"));
}
