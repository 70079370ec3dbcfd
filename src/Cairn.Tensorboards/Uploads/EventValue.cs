using Cairn.Kernel.Store;
using Cairn.Tensorboards.Events;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tensorboards.Uploads;

/// <summary>
/// A value of an event file as the API takes it. Values of the first summary format become what the second has in their place, as
/// TensorBoard itself does.
/// </summary>
/// <param name="Plugin">The plugin that shows it.</param>
/// <param name="Size">The bytes of a tensor or of blobs.</param>
internal readonly record struct EventValue(TimeSeriesDataPoint Point, ValueType Type, string Plugin, long Size)
{
    // Seconds that a timestamp can hold: the years 1 to 9999.
    private const double FirstTime = -62135596800;
    private const double LastTime = 253402300799;

    /// <summary>
    /// Converts what the cursor stands on; null with a reason where it cannot be, and null without one where it is no value.
    /// </summary>
    public static EventValue? From(in EventCursor cursor, out string? refusal)
    {
        refusal = null;
        var plugin = cursor.Kind is EventKind.Scalar or EventKind.Tensor or EventKind.Histogram or EventKind.Image or EventKind.Audio
            ? cursor.Tag.PluginName
            : "";
        if (cursor.Kind == EventKind.Audio || plugin == Plugins.Audio)
        {
            refusal = "Audio is not kept; log a spectrogram as an image instead.";
            return null;
        }

        var point = new TimeSeriesDataPoint { Step = cursor.Step, WallTime = Timestamps.ToTimestamp(Micros(cursor.WallTime)) };
        switch (cursor.Kind)
        {
            case EventKind.Scalar:
                point.Scalar = new Scalar { Value = cursor.Scalar };
                return new EventValue(point, ValueType.Scalar, Plugins.Scalars, 0);
            case EventKind.Histogram:
                if (Histogram.ToTensor(cursor.Payload) is not { } buckets)
                {
                    refusal = "A histogram could not be read.";
                    return null;
                }

                return Tensor(point, buckets, Plugins.Histograms);
            case EventKind.Image:
                return ImageSummary.ToBlobs(cursor.Payload) is { } image ? Blobs(point, image, Plugins.Images) : Unreadable(out refusal);
            case EventKind.Tensor when plugin == Plugins.Images || cursor.Tag.DataClass == DataClass.BlobSequence:
                return TensorProto.Strings(cursor.Payload) is { } blobs ? Blobs(point, blobs, plugin) : Unreadable(out refusal);
            case EventKind.Tensor:
                return Tensor(point, cursor.Payload.ToArray(), plugin);
            default:
                return null;
        }
    }

    private static EventValue? Unreadable(out string? refusal)
    {
        refusal = "An image or blob sequence could not be read.";
        return null;
    }

    private static EventValue Tensor(TimeSeriesDataPoint point, byte[] tensor, string plugin)
    {
        point.Tensor = new TensorboardTensor { Value = UnsafeByteOperations.UnsafeWrap(tensor) };
        return new EventValue(point, ValueType.Tensor, plugin, tensor.Length);
    }

    private static EventValue Blobs(TimeSeriesDataPoint point, List<byte[]> blobs, string plugin)
    {
        point.Blobs = new TensorboardBlobSequence
        {
            Values = { blobs.Select(static blob => new TensorboardBlob { Data = UnsafeByteOperations.UnsafeWrap(blob) }) },
        };
        return new EventValue(point, ValueType.BlobSequence, plugin, blobs.Sum(static blob => (long)blob.Length));
    }

    private static long Micros(double seconds) => seconds is > FirstTime and < LastTime ? (long)Math.Round(seconds * 1e6) : 0;
}
