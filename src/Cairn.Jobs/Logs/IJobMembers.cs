using Cairn.Kernel.Database;

namespace Cairn.Jobs.Logs;

/// <summary>Jobs that are made of custom jobs: asked for by their number, their log is that of all of these.</summary>
public interface IJobMembers
{
    /// <summary>The custom jobs of a job; none where it is not of this kind.</summary>
    IReadOnlyList<JobMember> Of(ISqlSession session, string project, string job);
}

/// <param name="Job">The custom job's number.</param>
/// <param name="Trial">Which trial of the job it is.</param>
public sealed record JobMember(string Job, string Trial);
