using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Jobs.CustomJobs;

/// <summary><c>projects/PROJECT/locations/LOCATION/customJobs/ID</c>.</summary>
internal readonly record struct CustomJobName(string Project, string Location, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/customJobs/ID");

    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static CustomJobName Parse(string name)
    {
        var parts = Pattern.Parse(name, "name");
        return new(parts[0], parts[1], parts[2]);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static CustomJobName Under(string parent, string id)
    {
        var (project, location) = LocationName.Parse(parent, "parent");
        return new(project, location, id);
    }

    public override string ToString() => $"{Parent}/customJobs/{Id}";
}
