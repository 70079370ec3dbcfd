using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Classic.Names;

/// <summary><c>projects/PROJECT/jobs/ID</c>.</summary>
internal readonly record struct JobName(string Project, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/jobs/JOB");

    public string Parent => $"projects/{Project}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static JobName Parse(string name)
    {
        var parts = Pattern.Parse(name, "name");
        return new(parts[0], parts[1]);
    }

    public override string ToString() => $"{Parent}/jobs/{Id}";
}
