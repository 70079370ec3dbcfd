using Cairn.Classic.Names;
using Cairn.Jobs.Logs;
using Cairn.Kernel.Database;

namespace Cairn.Classic.Jobs;

/// <summary>
/// A classic job's log is that of the job behind it, which <c>gcloud ai-platform jobs stream-logs</c> asks for by the classic ID.
/// </summary>
internal sealed class ClassicJobLogs : IJobMembers
{
    public IReadOnlyList<JobMember> Of(ISqlSession session, string project, string job) =>
        ClassicJobTable.Backing(session, new JobName(project, job).ToString()) is { } backing
            ? [new JobMember(backing.Split('/')[^1], "")]
            : [];
}
