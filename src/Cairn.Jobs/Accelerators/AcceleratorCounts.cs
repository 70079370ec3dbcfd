using System.Globalization;
using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Tasks;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Accelerators;

/// <summary>How many accelerators of each type: what a job asks for with all its replicas, or what a machine has.</summary>
internal sealed class AcceleratorCounts
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public static AcceleratorCounts None { get; } = new();

    public long Total => _counts.Values.Sum();

    /// <summary>What a job's replicas ask for together.</summary>
    public static AcceleratorCounts Of(CustomJobSpec spec)
    {
        var all = new AcceleratorCounts();
        foreach (var pool in WorkerPools.Used(spec))
        {
            var each = TaskResources.Of(pool.MachineSpec);
            all.Add(each.GpuType ?? "", each.Gpus * pool.ReplicaCount);
        }

        return all;
    }

    public static AcceleratorCounts Of(IEnumerable<Accelerator> accelerators)
    {
        var all = new AcceleratorCounts();
        foreach (var one in accelerators)
        {
            all.Add(one.Type, 1);
        }

        return all;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static AcceleratorCounts Parse(string text)
    {
        var all = new AcceleratorCounts();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            all.Add(part[..at], long.Parse(part.AsSpan(at + 1), CultureInfo.InvariantCulture));
        }

        return all;
    }

    /// <summary>Whether there are enough of each type.</summary>
    public bool Cover(AcceleratorCounts wanted) => wanted._counts.All(pair => _counts.GetValueOrDefault(pair.Key) >= pair.Value);

    /// <summary>The first of each type out of more.</summary>
    public IReadOnlyList<Accelerator> Take(IReadOnlyList<Accelerator> from) =>
        [.. _counts.SelectMany(pair => from.Where(one => one.Type == pair.Key).Take((int)pair.Value))];

    /// <summary>What is left when some are kept back; of what there are too few of, none.</summary>
    public AcceleratorCounts Without(AcceleratorCounts kept)
    {
        var left = new AcceleratorCounts();
        foreach (var (type, count) in _counts)
        {
            left.Add(type, count - kept._counts.GetValueOrDefault(type));
        }

        return left;
    }

    /// <summary>For people: <c>2 × NVIDIA_TESLA_T4</c>.</summary>
    public string Describe() =>
        _counts.Count == 0
            ? "none"
            : string.Join(
                " and ",
                _counts.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} × {pair.Key}"))
            );

    /// <summary><c>NVIDIA_L4=1,NVIDIA_TESLA_T4=2</c>: the same for the same counts. Empty for none.</summary>
    public override string ToString() =>
        string.Join(',', _counts.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));

    private void Add(string type, long count)
    {
        if (count > 0)
        {
            _counts[type] = _counts.GetValueOrDefault(type) + count;
        }
    }
}
