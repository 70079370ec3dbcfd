using Cairn.Kernel.Errors;
using Cairn.Models.Names;

namespace Cairn.Datasets.Names;

/// <summary><c>projects/PROJECT/locations/LOCATION/datasets/ID</c>.</summary>
public readonly record struct DatasetName(LocationName Parent, string Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static DatasetName Parse(string text, string field) =>
        text.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "datasets", { Length: > 0 } id]
            ? new DatasetName(new LocationName(project, location), id)
            : throw StatusException.InvalidArgument(
                $"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/datasets/ID."
            );

    public override string ToString() => $"{Parent}/datasets/{Id}";
}
