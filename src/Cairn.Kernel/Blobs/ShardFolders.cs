using Cairn.Kernel.Files;

namespace Cairn.Kernel.Blobs;

/// <summary>
/// The 256 folders that blobs lie in, by the first two digits of their ids. Each comes into being with its first blob: a store has few of
/// them at first, and tests thousands of stores.
/// </summary>
/// <param name="root">The folder above them; it exists.</param>
internal sealed class ShardFolders(string root)
{
    /// <summary>
    /// What this process knows to be on the disk. A folder that is there may not be durable yet, whoever made it, so that each is
    /// synchronised once before a blob in it is acknowledged; one that could not be is tried again by the next blob.
    /// </summary>
    private readonly Lazy<string>[] _durable =
    [
        .. Enumerable.Range(0, 256).Select(shard => new Lazy<string>(() => Make(root, shard), LazyThreadSafetyMode.PublicationOnly)),
    ];

    /// <summary>The folders that are there.</summary>
    public IEnumerable<DirectoryInfo> Existing =>
        Enumerable.Range(0, 256).Select(shard => new DirectoryInfo(PathOf(root, shard))).Where(static folder => folder.Exists);

    /// <summary>The folder of a blob, which exists when this returns, also after a crash.</summary>
    public string Require(string id) => _durable[Shard(id)].Value;

    /// <summary>The same where the folder turned out not to be there any more: somebody removed it, when it was empty.</summary>
    public string Renew(string id)
    {
        var shard = Shard(id);
        _durable[shard] = new Lazy<string>(() => Make(root, shard), LazyThreadSafetyMode.PublicationOnly);
        return _durable[shard].Value;
    }

    private static int Shard(string id) => Convert.FromHexString(id[..2])[0];

    private static string Make(string root, int shard)
    {
        var path = Directory.CreateDirectory(PathOf(root, shard)).FullName;
        DirectorySync.Flush(root);
        return path;
    }

    private static string PathOf(string root, int shard) => Path.Combine(root, shard.ToString("x2"));
}
