using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Names;

internal static class NameErrors
{
    public static StatusException Malformed(string text, string field, string form) =>
        StatusException.InvalidArgument($"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/{form}.");
}
