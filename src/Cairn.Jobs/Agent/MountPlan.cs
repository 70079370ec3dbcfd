using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>What the mount helper does in its own mount namespace before it becomes the next program.</summary>
/// <param name="Buckets">What lies below each bucket's mount.</param>
/// <param name="Upper">The folder whose <c>BUCKET</c> sub-folders receive what the task writes.</param>
/// <param name="Scratch">The folder for overlayfs's own <c>BUCKET</c> work folders, on the same file system as
/// <paramref name="Upper"/>.</param>
/// <param name="Merged">The folder in which each bucket appears, whole and writable.</param>
/// <param name="UserNamespace">Whether this is in a user namespace, where overlayfs keeps its marks in <c>user.</c> attributes.</param>
public sealed record MountPlan(IReadOnlyList<BucketMount> Buckets, string Upper, string Scratch, string Merged, bool UserNamespace);
