using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Tensorboards.Service;

/// <summary>The published limits of labels.</summary>
internal static class Labels
{
    private const int MaxCount = 64;
    private const int MaxLength = 64;

    // Google's own clients set keys like aiplatform.googleapis.com/… beside those that people choose.
    private const int MaxKey = 128;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(string field, IDictionary<string, string> labels)
    {
        if (labels.Count > MaxCount)
        {
            throw StatusException.InvalidArgument($"`{field}` has {labels.Count} labels; it may have {MaxCount}.");
        }

        foreach (var (key, value) in labels)
        {
            if (Characters.Count(key) is 0 or > MaxKey || Characters.Count(value) > MaxLength)
            {
                throw StatusException.InvalidArgument(
                    $"`{field}` has '{key}': '{value}'; a label's key must have 1 to {MaxLength} characters, and its value at most {MaxLength}."
                );
            }
        }
    }
}
