using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Http;

/// <summary>
/// What the text of a JSON body must be before a door reads it: UTF-8, with escapes (<c>\ud83d\ude00</c>) that name whole characters. A
/// reader finds out only where a text is taken, which may be after other parts were acted upon.
/// </summary>
public static class JsonText
{
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw StatusException.InvalidArgument("The request's body is not UTF-8.");
        }

        if (HasHalfCharacter(json))
        {
            throw StatusException.InvalidArgument(
                @"The request's body has a \u escape that is half of a surrogate pair, and stands for no character. Escape characters beyond U+FFFF as pairs, or write them as UTF-8."
            );
        }
    }

    private static bool HasHalfCharacter(ReadOnlySpan<byte> json)
    {
        var rest = json;
        for (var at = rest.IndexOf((byte)'\\'); at >= 0; at = rest.IndexOf((byte)'\\'))
        {
            rest = rest[at..];
            if (Escape(rest) is not { } unit)
            {
                rest = rest[Math.Min(2, rest.Length)..];
                continue;
            }

            rest = rest[6..];
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (Escape(rest) is not { } second || !char.IsLowSurrogate(second))
                {
                    return true;
                }

                rest = rest[6..];
            }
        }

        return false;
    }

    /// <summary>The UTF-16 unit that <c>\uXXXX</c> at the beginning stands for; null where something else stands there.</summary>
    private static char? Escape(ReadOnlySpan<byte> text) =>
        text.Length >= 6
        && text[0] == '\\'
        && text[1] == 'u'
        && ushort.TryParse(Encoding.ASCII.GetString(text[2..6]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
