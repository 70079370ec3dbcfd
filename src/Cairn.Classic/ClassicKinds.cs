using Cairn.Kernel.Store;

namespace Cairn.Classic;

/// <summary>What the classic API stores as resources.</summary>
internal static class ClassicKinds
{
    public static readonly ResourceKind Job = new("classic Job", "jobs", Google.Cloud.ML.V1.Job.Descriptor);

    public static readonly ResourceKind Model = new("classic Model", "models", Google.Cloud.ML.V1.Model.Descriptor);

    public static readonly ResourceKind Version = new("classic Version", "versions", Google.Cloud.ML.V1.Version.Descriptor);
}
