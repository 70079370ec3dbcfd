using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT/models/MODEL/versions/ID</c>.</summary>
internal readonly record struct VersionName(ModelName Model, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/models/MODEL/versions/VERSION");

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static VersionName Parse(string name)
    {
        var parts = Pattern.Parse(name, "name");
        return new(new ModelName(parts[0], parts[1]), parts[2]);
    }

    public override string ToString() => $"{Model}/versions/{Id}";
}
