using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Datasets.Items;

/// <summary>The labels that the system knows of.</summary>
internal static class ItemLabels
{
    /// <summary>Says which set an item is for.</summary>
    public const string Use = "aiplatform.googleapis.com/ml_use";

    /// <summary>On an annotation: the name of its schema.</summary>
    public const string PayloadSchema = "aiplatform.googleapis.com/payload_schema";

    private const int MaxLabels = 64;
    private const int MaxLabel = 128;

    /// <summary>Labels of a whole import with an item's own over them; <see cref="Use"/> is brought into its one spelling.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static Dictionary<string, string> Merge(
        IEnumerable<KeyValuePair<string, string>> all,
        IEnumerable<KeyValuePair<string, string>> own
    )
    {
        var merged = new Dictionary<string, string>();
        foreach (var (key, value) in all.Concat(own))
        {
            if (
                Characters.Count(key) is 0 or > MaxLabel
                || Characters.Count(value) > MaxLabel
                || key.Contains('\0', StringComparison.Ordinal)
                || value.Contains('\0', StringComparison.Ordinal)
            )
            {
                throw StatusException.InvalidArgument(
                    $"the label '{key}': '{value}' is none; a key has 1 to {MaxLabel} characters, a value at most {MaxLabel}, and neither a NUL."
                );
            }

            merged[key] = value;
        }

        if (merged.TryGetValue(Use, out var use))
        {
            merged.Remove(Use);
            if (SplitSets.TryRead(use, out var set))
            {
                merged[Use] = set.Name();
            }
            else if (!SplitSets.IsUnassigned(use))
            {
                throw StatusException.InvalidArgument($"the label '{Use}' is '{use}'; it must be training, validation or test.");
            }
        }

        return merged.Count <= MaxLabels
            ? merged
            : throw StatusException.InvalidArgument($"there are {merged.Count} labels on one item; the most is {MaxLabels}.");
    }
}
