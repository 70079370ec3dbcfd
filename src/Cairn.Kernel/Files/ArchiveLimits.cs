namespace Cairn.Kernel.Files;

/// <summary>How much an archive may become.</summary>
/// <param name="MaxEntries">Files and folders together.</param>
/// <param name="MaxBytes">Bytes of all extracted files together.</param>
/// <param name="MaxRatio">Extracted bytes to a byte of archive, once <see cref="RatioFloor"/> bytes have come out: a small archive of zeros
/// is no bomb.</param>
public sealed record ArchiveLimits(int MaxEntries = 100_000, long MaxBytes = 16L << 30, int MaxRatio = 200)
{
    /// <summary>Extracted bytes below which the ratio is not looked at.</summary>
    public const long RatioFloor = 64 << 20;
}
