using Cairn.Kernel.Errors;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT/models/MODEL/versions/ID</c>.</summary>
internal readonly record struct VersionName(ModelName Model, string Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static VersionName Parse(string name) =>
        name.Split('/') is ["projects", { Length: > 0 } project, "models", { Length: > 0 } model, "versions", { Length: > 0 } id]
            ? new VersionName(new ModelName(project, model), id)
            : throw StatusException.InvalidArgument(
                $"`name` is '{name}'; it must have the form projects/PROJECT/models/MODEL/versions/VERSION."
            );

    public override string ToString() => $"{Model}/versions/{Id}";
}
