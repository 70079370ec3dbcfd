using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Files;

/// <summary>
/// The one place that joins a name from outside (an object's name, an archive's entry) to a directory of ours. What it returns lies below
/// the directory, whatever the name says and whatever links lie on the way; everything else is refused with INVALID_ARGUMENT. Names are
/// taken as they are: nothing is percent-decoded, so <c>%2e%2e</c> is an ordinary file name.
/// </summary>
public static class PathGate
{
    /// <summary>The most bytes of UTF-8 that a path's component may have, as on Linux's file systems.</summary>
    public const int MaxComponentBytes = 255;

    /// <summary>The most bytes of UTF-8 that a relative path may have.</summary>
    public const int MaxPathBytes = 3000;

    /// <summary>The absolute path of <paramref name="relative"/> below <paramref name="directory"/>.</summary>
    /// <param name="directory">An absolute directory of ours; links above it are ours too.</param>
    /// <param name="relative">Components separated by single <c>/</c>; one trailing <c>/</c> is allowed, and names a folder.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT with the name and what is wrong with it.</exception>
    public static string Join(string directory, string relative)
    {
        if (Objection(relative) is { } objection)
        {
            throw Refusal(relative, objection);
        }

        var path = Path.GetFullPath(directory);
        foreach (var component in relative.TrimEnd('/').Split('/'))
        {
            path = Path.Combine(path, component);
            if (IsLink(path))
            {
                throw Refusal(relative, $"'{component}' is a link");
            }
        }

        return path;
    }

    /// <summary>Whether a file system can hold the name at all, as <see cref="Join"/> would; does not look at the disk.</summary>
    public static bool IsRepresentable(string relative) => Objection(relative) is null;

    private static string? Objection(string relative)
    {
        if (relative.Length == 0)
        {
            return "it is empty";
        }

        if (relative[0] == '/')
        {
            return "it is absolute";
        }

        foreach (var character in relative)
        {
            if (char.IsControl(character))
            {
                return $"it has the control character U+{(int)character:X4}";
            }

            if (character == '\\')
            {
                return "it has a backslash";
            }
        }

        if (relative.Length >= 2 && char.IsAsciiLetter(relative[0]) && relative[1] == ':')
        {
            return "it begins with a drive letter";
        }

        if (!IsWellFormed(relative))
        {
            return "it is not well-formed Unicode";
        }

        if (Encoding.UTF8.GetByteCount(relative) > MaxPathBytes)
        {
            return $"it is longer than {MaxPathBytes} bytes";
        }

        var components = relative.EndsWith('/') ? relative[..^1] : relative;
        foreach (var range in components.AsSpan().Split('/'))
        {
            switch (components.AsSpan()[range])
            {
                case "":
                    return "it has an empty component";
                case "." or "..":
                    return "it has a component '.' or '..'";
                case var component when Encoding.UTF8.GetByteCount(component) > MaxComponentBytes:
                    return $"a component is longer than {MaxComponentBytes} bytes";
            }
        }

        return null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    // A dangling link exists for nobody but LinkTarget.
    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static StatusException Refusal(string relative, string objection) =>
        StatusException.InvalidArgument(
            $"'{Printable(relative)}' cannot be a file below a folder: {objection}. Use a relative path of plain names."
        );

    private static string Printable(string relative)
    {
        var shown = relative.Length > 200 ? relative[..200] + "…" : relative;
        return string.Create(
            shown.Length,
            shown,
            static (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '\uFFFD' : text[i];
                }
            }
        );
    }
}
