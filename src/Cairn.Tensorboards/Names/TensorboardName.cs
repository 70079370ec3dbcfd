using Cairn.Kernel.Errors;

namespace Cairn.Tensorboards.Names;

/// <summary><c>projects/{project}/locations/{location}/tensorboards/{tensorboard}</c>.</summary>
public readonly record struct TensorboardName(string Project, string Location, string Id)
{
    /// <summary>The location that it lies in.</summary>
    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static TensorboardName Parse(string text, string field) =>
        text.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "tensorboards", { Length: > 0 } id]
            ? new TensorboardName(project, location, id)
            : throw NameErrors.Malformed(text, field, "tensorboards/TENSORBOARD");

    public override string ToString() => $"{Parent}/tensorboards/{Id}";
}
