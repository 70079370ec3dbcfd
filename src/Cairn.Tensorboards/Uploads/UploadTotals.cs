namespace Cairn.Tensorboards.Uploads;

/// <summary>What an upload has done.</summary>
public sealed class UploadTotals
{
    private readonly SortedDictionary<string, long> _passedOver = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);

    public int Runs { get; internal set; }

    public long Points { get; internal set; }

    public long Bytes { get; internal set; }

    /// <summary>Damaged records that were passed over.</summary>
    public long Damaged { get; internal set; }

    /// <summary>Values that a later restart of their writer made void.</summary>
    public long Void { get; internal set; }

    /// <summary>Why values were passed over, and how many for each reason.</summary>
    public IReadOnlyDictionary<string, long> PassedOver => _passedOver;

    /// <summary>Runs, files and tags that could not be taken, each with why, and how many values of each were left out.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    internal void Refuse(string reason) => _refused[reason] = _refused.GetValueOrDefault(reason) + 1;

    internal void PassOver(string reason) => _passedOver[reason] = _passedOver.GetValueOrDefault(reason) + 1;
}
