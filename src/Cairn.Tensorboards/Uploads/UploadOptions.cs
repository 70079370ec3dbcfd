using Cairn.Tensorboards.Events;

namespace Cairn.Tensorboards.Uploads;

/// <summary>How an upload goes.</summary>
public sealed record UploadOptions
{
    public EventLimits Limits { get; init; } = EventLimits.Default;

    /// <summary>Points in a call; the API accepts 5,000.</summary>
    public int PointsPerWrite { get; init; } = 5_000;

    /// <summary>Bytes of tensors and blobs in a call.</summary>
    public int BytesPerWrite { get; init; } = 8 << 20;

    /// <summary>The largest tensor or blob; larger ones are passed over.</summary>
    public int MaxValueBytes { get; init; } = 24 << 20;

    /// <summary>The longest tag that becomes a series, in characters.</summary>
    public int MaxTagLength { get; init; } = 250;
}
