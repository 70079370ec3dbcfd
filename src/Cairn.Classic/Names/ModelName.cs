using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT/models/ID</c>.</summary>
internal readonly record struct ModelName(string Project, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/models/MODEL");

    public string Parent => $"projects/{Project}";

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static ModelName Parse(string name, string field)
    {
        var parts = Pattern.Parse(name, field);
        return new(parts[0], parts[1]);
    }

    public override string ToString() => $"{Parent}/models/{Id}";
}
