using System.Globalization;

namespace Cairn.Data.Gcs;

/// <summary>Bytes of an object that a <c>Range</c> header asks for.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many.</param>
public readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>
    /// Reads <c>bytes=0-99</c>, <c>bytes=100-</c> and <c>bytes=-100</c> against a size. Null where the header is absent, of another unit,
    /// malformed or asks for several ranges: then the whole is answered, as RFC 9110 section 14.2 allows.
    /// </summary>
    /// <param name="unsatisfiable">Whether the range lies outside: HTTP 416.</param>
    public static ByteRange? Parse(string? header, long size, out bool unsatisfiable)
    {
        unsatisfiable = false;
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = header[unit.Length..].Trim();
        var dash = text.IndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        long first,
            last;
        if (dash == 0)
        {
            if (!TryNumber(text[1..], out var count))
            {
                return null;
            }

            (first, last) = (Math.Max(0, size - count), size - 1);
            unsatisfiable = count == 0 || size == 0;
        }
        else
        {
            last = long.MaxValue;
            if (!TryNumber(text[..dash], out first) || (dash < text.Length - 1 && !TryNumber(text[(dash + 1)..], out last)) || last < first)
            {
                return null;
            }

            unsatisfiable = first >= size;
            last = Math.Min(last, size - 1);
        }

        return unsatisfiable ? null : new ByteRange(first, last - first + 1);
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
