using System.Globalization;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Uploads;

/// <summary>The <c>Content-Range</c> of a request to a resumable upload.</summary>
/// <param name="Start">The first byte that the body has; null where the request only asks how far the upload is.</param>
/// <param name="End">The last byte, inclusive; null where the body tells.</param>
/// <param name="Total">The size of the whole; null where it is not known yet.</param>
/// <param name="IsLast">Whether the end of the body is the end of the object.</param>
public sealed record UploadRange(long? Start, long? End, long? Total, bool IsLast)
{
    /// <summary>A request without the header: the whole object.</summary>
    public static UploadRange Whole { get; } = new(0, null, null, IsLast: true);

    /// <summary>
    /// <c>bytes 0-99/200</c>, <c>bytes 0-99/*</c>, <c>bytes 0-*/*</c> (to the end of the body), <c>bytes */200</c>, <c>bytes */*</c>.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static UploadRange Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return Whole;
        }

        const string unit = "bytes ";
        var slash = header.IndexOf('/');
        if (header.StartsWith(unit, StringComparison.OrdinalIgnoreCase) && slash > 0 && TryNumber(header[(slash + 1)..], out var total))
        {
            var range = header[unit.Length..slash].Trim();
            if (range == "*")
            {
                return new UploadRange(null, null, total, IsLast: false);
            }

            var dash = range.IndexOf('-');
            if (dash > 0 && TryNumber(range[..dash], out var start) && start is not null && TryNumber(range[(dash + 1)..], out var end))
            {
                var ordered = (end is null || end >= start - 1) && (total is null || end is null || end < total);
                if (ordered)
                {
                    return new UploadRange(start, end, total, IsLast: end is null ? total is null : end + 1 == total);
                }
            }
        }

        throw StatusException.InvalidArgument(
            $"Failed to parse Content-Range header: '{header}'. It must be of the form 'bytes 0-99/200', 'bytes 0-99/*' or 'bytes */200'."
        );
    }

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text == "*")
        {
            return true;
        }

        var valid = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return valid;
    }
}
