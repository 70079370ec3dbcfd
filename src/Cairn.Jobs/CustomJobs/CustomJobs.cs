using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>The kind of stored resource.</summary>
internal static class CustomJobs
{
    public static ResourceKind Kind { get; } = new("CustomJob", "customJobs", CustomJob.Descriptor);

    public static bool IsTerminal(JobState state) => state is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
}
