using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>The rules for object names, as Cloud Storage documents them; and no NUL, which PostgreSQL's text cannot hold.</summary>
public static class ObjectName
{
    public const int MaxBytes = 1024;

    private const string AcmePrefix = ".well-known/acme-challenge/";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="StatusException">INVALID_ARGUMENT with the rule that the name breaks.</exception>
    public static string Require(string name)
    {
        if (Objection(name) is { } objection)
        {
            throw StatusException.InvalidArgument($"Invalid object name: {objection}");
        }

        return name;
    }

    /// <summary>
    /// The least string that is greater than every string that starts with the prefix, in the order of UTF-8 bytes; null where there is
    /// none.
    /// </summary>
    public static string? PrefixEnd(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        for (var last = runes.Count - 1; last >= 0; last--)
        {
            var next = runes[last].Value + 1;
            if (next == 0xD800)
            {
                next = 0xE000;
            }

            if (next <= 0x10FFFF)
            {
                runes[last] = new Rune(next);
                return string.Concat(runes.Take(last + 1).Select(rune => rune.ToString()));
            }
        }

        return null;
    }

    /// <summary>Compares as the store orders: by UTF-8 bytes, which is by code points.</summary>
    public static int Compare(string left, string right)
    {
        for (var i = 0; i < left.Length && i < right.Length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a != b)
            {
                // Surrogates stand for code points above all others of one unit, but are not above them by value.
                return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b)
                    : char.IsSurrogate(a) ? 1
                    : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static string? Objection(string name)
    {
        if (name.Length == 0)
        {
            return "it is empty; a name has 1 to 1024 bytes of UTF-8.";
        }

        int bytes;
        try
        {
            bytes = Strict.GetByteCount(name);
        }
        catch (EncoderFallbackException)
        {
            return "it is not well-formed Unicode.";
        }

        if (bytes > MaxBytes)
        {
            return $"it has {bytes} bytes of UTF-8; the most is {MaxBytes}.";
        }

        if (name.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            return "it has a carriage return, a line feed or a NUL.";
        }

        if (name is "." or "..")
        {
            return $"it is '{name}', which stands for a folder everywhere else.";
        }

        return name.StartsWith(AcmePrefix, StringComparison.Ordinal) ? $"it begins with '{AcmePrefix}', which is reserved." : null;
    }
}
