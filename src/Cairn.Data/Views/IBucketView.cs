namespace Cairn.Data.Views;

/// <summary>
/// Buckets as folders of ordinary files, for tasks that read <c>/gcs/bucket</c>. A view: it follows the store and is never the truth. The
/// files are hard links to the blobs, so they must be mounted read-only; objects whose names no file system can hold beside the others are
/// left out.
/// </summary>
public interface IBucketView
{
    /// <summary>The absolute folder of a bucket, or null where the blob store has no local files or there is no such bucket.</summary>
    string? Directory(string bucket);
}
