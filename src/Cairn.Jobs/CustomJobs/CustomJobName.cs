using Cairn.Kernel.Errors;

namespace Cairn.Jobs.CustomJobs;

/// <summary><c>projects/PROJECT/locations/LOCATION/customJobs/ID</c>.</summary>
internal readonly record struct CustomJobName(string Project, string Location, string Id)
{
    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static CustomJobName Parse(string name) =>
        name.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "customJobs", { Length: > 0 } id]
            ? new CustomJobName(project, location, id)
            : throw StatusException.InvalidArgument(
                $"`name` is '{name}'; it must have the form projects/PROJECT/locations/LOCATION/customJobs/ID."
            );

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static CustomJobName Under(string parent, string id) =>
        parent.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location]
            ? new CustomJobName(project, location, id)
            : throw StatusException.InvalidArgument($"`parent` is '{parent}'; it must have the form projects/PROJECT/locations/LOCATION.");

    public override string ToString() => $"{Parent}/customJobs/{Id}";
}
