using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Models.Names;

/// <summary>Identifiers and texts that callers choose.</summary>
public static partial class ResourceId
{
    private const int MaxDisplayName = 128;
    private const int MaxLabels = 64;
    private const int MaxLabel = 63;

    /// <summary>A model's ID: 1 to 63 of <c>[a-z0-9_-]</c>, not starting with a digit or hyphen.</summary>
    public static void RequireModelId(string id)
    {
        if (!ModelId().IsMatch(id))
        {
            throw StatusException.InvalidArgument(
                $"`model_id` is '{id}'; it must be 1 to 63 characters of a-z, 0-9, '_' and '-', and must not start with a digit or a hyphen."
            );
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is empty or longer than 128 characters.</exception>
    public static void RequireDisplayName(string field, string displayName)
    {
        if (Characters.Count(displayName) is 0 or > MaxDisplayName)
        {
            throw StatusException.InvalidArgument(
                displayName.Length == 0
                    ? $"`{field}` is empty; it must have 1 to {MaxDisplayName} characters."
                    : $"`{field}` has {displayName.Length} characters; it must have 1 to {MaxDisplayName}."
            );
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where there are too many labels, or one is too long.</exception>
    public static void RequireLabels(string field, IDictionary<string, string> labels)
    {
        if (labels.Count > MaxLabels)
        {
            throw StatusException.InvalidArgument($"`{field}` has {labels.Count} labels; it may have {MaxLabels}.");
        }

        foreach (var (key, value) in labels)
        {
            if (Characters.Count(key) is 0 or > MaxLabel || Characters.Count(value) > MaxLabel)
            {
                throw StatusException.InvalidArgument(
                    $"`{field}` has '{key}': '{value}'; a label's key must have 1 to {MaxLabel} characters, and its value at most {MaxLabel}."
                );
            }
        }
    }

    [GeneratedRegex("^[a-z_][a-z0-9_-]{0,62}$")]
    private static partial Regex ModelId();
}
