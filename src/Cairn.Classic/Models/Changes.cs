using Cairn.Kernel.Errors;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Classic.Models;

/// <summary>What an update may touch.</summary>
internal static class Changes
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming a field that cannot be changed.</exception>
    public static void RequireOnly(FieldMask? mask, params string[] allowed)
    {
        foreach (var path in mask?.Paths ?? [])
        {
            if (!allowed.Contains(path.Split('.')[0]))
            {
                throw StatusException.InvalidArgument(
                    $"`update_mask` names '{path}', which cannot be changed; {string.Join(" and ", allowed)} can."
                );
            }
        }
    }
}
