using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Models.Registered;

/// <summary>
/// The names by which models are unique in their location. A display name need not be unique and may have any character, so that the one
/// follows from the other where that can be.
/// </summary>
public static class ModelHandles
{
    private const int MaxName = 256;
    private const int MaxDisplayName = 128;

    /// <summary>Whether a model can have the name: 1 to 256 characters, without the '/' and ':' that stand between the parts of addresses.
    /// </summary>
    public static bool IsName(string name) => Characters.Count(name) is > 0 and <= MaxName && name.AsSpan().IndexOfAny('/', ':') < 0;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Check(string name)
    {
        if (!IsName(name))
        {
            throw StatusException.InvalidArgument(
                $"Invalid model name: '{name}'. It must have 1 to {MaxName} characters, without '/' and ':', which the addresses of models have between their parts."
            );
        }
    }

    /// <summary>A name as a display name, which is shorter than a name may be.</summary>
    public static string DisplayName(string name) => Characters.Cut(name, MaxDisplayName);

    /// <summary>The names that a model may get from its display name and ID, the best first; the last ones are endless.</summary>
    public static IEnumerable<string> Candidates(string displayName, string id)
    {
        var wanted = displayName.Replace('/', '-').Replace(':', '-');
        if (IsName(wanted))
        {
            yield return wanted;
        }

        yield return id;
        for (var i = 2; ; i++)
        {
            yield return $"{id}-{i}";
        }
    }
}
