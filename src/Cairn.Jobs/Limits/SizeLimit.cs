using System.Globalization;

namespace Cairn.Jobs.Limits;

/// <summary>How many bytes of something a task may have, and where that comes from.</summary>
/// <param name="Source">Where it comes from, behind "…GiB of memory, ": <c>what its machine type n1-standard-1 has</c>.</param>
/// <param name="WayOut">What to do about it: a sentence.</param>
public sealed record SizeLimit(long Bytes, string Source, string WayOut)
{
    private const double BytesPerGibibyte = 1L << 30;
    private const double BytesPerMebibyte = 1L << 20;

    /// <summary>A size for people: <c>3.75 GiB</c>.</summary>
    public static string Text(long bytes) =>
        bytes >= BytesPerGibibyte
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / BytesPerGibibyte:0.##} GiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / BytesPerMebibyte:0.##} MiB");

    /// <summary>The sentences that say that it was passed.</summary>
    /// <param name="who">The job, or one of its replicas.</param>
    /// <param name="what">What of: <c>memory</c>.</param>
    public string Passed(string who, string what) => $"{who} used more than {Text(Bytes)} of {what}, {Source}. {WayOut}";
}
