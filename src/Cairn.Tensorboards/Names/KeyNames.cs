using Cairn.Kernel.Store;
using Cairn.Tracking.Runs;

namespace Cairn.Tensorboards.Names;

/// <summary>Names of metrics and parameters, made from what event files have, where anything is possible.</summary>
public static class KeyNames
{
    /// <summary>The name with what keys may not have replaced by <c>_</c>. Its length stays.</summary>
    public static string Clean(string name) =>
        string.Create(
            name.Length,
            name,
            static (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] =
                        char.IsLetterOrDigit(text[i]) || "_-. :/()[]%@+=#,".Contains(text[i], StringComparison.Ordinal) ? text[i] : '_';
                }
            }
        );

    /// <summary>Whether a name is short enough, and not empty.</summary>
    public static bool Fits(string name) => Characters.Count(name) is > 0 and <= RunFields.MaxKey;
}
