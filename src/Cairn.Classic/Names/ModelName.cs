using Cairn.Kernel.Errors;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT/models/ID</c>.</summary>
internal readonly record struct ModelName(string Project, string Id)
{
    public string Parent => $"projects/{Project}";

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static ModelName Parse(string name, string field) =>
        name.Split('/') is ["projects", { Length: > 0 } project, "models", { Length: > 0 } id]
            ? new ModelName(project, id)
            : throw StatusException.InvalidArgument($"`{field}` is '{name}'; it must have the form projects/PROJECT/models/MODEL.");

    public override string ToString() => $"{Parent}/models/{Id}";
}
