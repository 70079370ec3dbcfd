using Cairn.Kernel.Errors;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT</c>: the classic API knows no locations.</summary>
internal static class ProjectName
{
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static string Require(string parent) =>
        parent.Split('/') is ["projects", { Length: > 0 }]
            ? parent
            : throw StatusException.InvalidArgument($"`parent` is '{parent}'; it must have the form projects/PROJECT.");
}
