using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Tensorboards.Names;

/// <summary><c>projects/{project}/locations/{location}/tensorboards/{tensorboard}</c>.</summary>
public readonly record struct TensorboardName(string Project, string Location, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/tensorboards/TENSORBOARD");

    /// <summary>The location that it lies in.</summary>
    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static TensorboardName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(parts[0], parts[1], parts[2]);
    }

    public override string ToString() => $"{Parent}/tensorboards/{Id}";
}
