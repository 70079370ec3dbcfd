using Cairn.Kernel.Errors;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT/jobs/ID</c>.</summary>
internal readonly record struct JobName(string Project, string Id)
{
    public string Parent => $"projects/{Project}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static JobName Parse(string name) =>
        name.Split('/') is ["projects", { Length: > 0 } project, "jobs", { Length: > 0 } id]
            ? new JobName(project, id)
            : throw StatusException.InvalidArgument($"`name` is '{name}'; it must have the form projects/PROJECT/jobs/JOB.");

    public override string ToString() => $"{Parent}/jobs/{Id}";
}
