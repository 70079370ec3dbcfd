using Cairn.Metadata.Names;

namespace Cairn.Jobs.CustomJobs;

/// <summary>
/// A custom job in the lineage graph: the execution <c>custom-job-{id}</c> in the default store of its project and location.
/// </summary>
public static class CustomJobNode
{
    /// <param name="job">The job's name.</param>
    public static NodeName Of(string job)
    {
        var name = CustomJobName.Parse(job);
        return StoreName.Default(name.Project, name.Location).Execution("custom-job-" + name.Id);
    }
}
