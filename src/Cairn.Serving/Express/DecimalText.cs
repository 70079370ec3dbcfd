using System.Buffers.Text;
using System.Globalization;

namespace Cairn.Serving.Express;

/// <summary>Numbers between text and binary, as exact as the runtime's own conversions and faster for those that are usual.</summary>
internal static class DecimalText
{
    /// <summary>
    /// Whole numbers up to here, and powers of ten up to 10^22, are exact as doubles; so is the rounding of one product or quotient of two
    /// of them (Clinger, "How to read floating point numbers accurately", 1990).
    /// </summary>
    private const ulong LargestExact = 1UL << 53;

    private const int MostDigits = 18;

    private static readonly double[] Powers =
    [
        .. Enumerable.Range(0, 23).Select(static exponent => double.Parse("1e" + exponent, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Reads the JSON number that a text begins with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="number">The nearest double.</param>
    /// <returns>How many bytes it has; 0 where there is no number of JSON's form.</returns>
    public static int Read(ReadOnlySpan<byte> text, out double number)
    {
        var at = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative)
        {
            at++;
        }

        var first = at;
        ulong digits = 0;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            digits = (digits * 10) + (uint)(text[at++] - '0');
        }

        var whole = at - first;
        number = 0;
        if (whole == 0 || (whole > 1 && text[first] == '0'))
        {
            return 0;
        }

        var decimals = 0;
        if (at < text.Length && text[at] == '.')
        {
            var point = ++at;
            while (at < text.Length && (uint)(text[at] - '0') <= 9)
            {
                digits = (digits * 10) + (uint)(text[at++] - '0');
            }

            decimals = at - point;
            if (decimals == 0)
            {
                return 0;
            }
        }

        var exponent = 0;
        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            at++;
            var minus = at < text.Length && text[at] == '-';
            if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
            {
                at++;
            }

            var start = at;
            while (at < text.Length && (uint)(text[at] - '0') <= 9)
            {
                exponent = Math.Min((exponent * 10) + (text[at++] - '0'), 100_000);
            }

            if (at == start)
            {
                return 0;
            }

            exponent = minus ? -exponent : exponent;
        }

        exponent -= decimals;
        if (whole + decimals > MostDigits || digits > LargestExact || exponent is < -22 or > 22)
        {
            return Utf8Parser.TryParse(text[..at], out number, out var used) && used == at && double.IsFinite(number) ? at : 0;
        }

        number = exponent < 0 ? digits / Powers[-exponent] : digits * Powers[exponent];
        number = negative ? -number : number;
        return at;
    }

    /// <summary>The double whose shortest decimal is that of a float: 0.1f is 0.1, and not 0.10000000149011612.</summary>
    public static double Widen(float value)
    {
        // Whole numbers are most of what classifiers answer; they need no detour over text.
        if (float.IsInteger(value) || !float.IsFinite(value))
        {
            return value;
        }

        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        Read(text[..length], out var wide);
        return wide;
    }
}
