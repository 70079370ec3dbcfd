using Cairn.Kernel.Errors;

namespace Cairn.Tuning.Names;

/// <summary><c>projects/{project}/locations/{location}</c>.</summary>
internal static class LocationNames
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <c>parent</c>.</exception>
    public static string Require(string parent) =>
        parent.Split('/') is ["projects", { Length: > 0 }, "locations", { Length: > 0 }]
            ? parent
            : throw StatusException.InvalidArgument($"`parent` is '{parent}'; it must have the form projects/PROJECT/locations/LOCATION.");
}
