using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Datasets.Names;

/// <summary><c>projects/PROJECT/locations/LOCATION/datasets/ID</c>.</summary>
public readonly record struct DatasetName(LocationName Parent, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/datasets/ID");

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static DatasetName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(new LocationName(parts[0], parts[1]), parts[2]);
    }

    public override string ToString() => $"{Parent}/datasets/{Id}";
}
