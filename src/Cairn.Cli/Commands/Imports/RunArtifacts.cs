using Cairn.Cli.Api;
using Cairn.Cli.Commands.Storage;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Imports;

/// <summary>Uploads the files of what is imported. What is there with its size is not sent again.</summary>
internal sealed class RunArtifacts(ApiSession session)
{
    private readonly StorageClient storage = new(session.Client.Http);

    /// <param name="folder">The address of the folder, <c>gs://bucket/prefix</c>.</param>
    /// <param name="files">The name in the folder, and where the file lies.</param>
    public async Task UploadAsync(string folder, IReadOnlyList<KeyValuePair<string, string>> files, ImportTotals totals, CancellationToken cancellation)
    {
        var target = GsAddress.Parse(folder);
        foreach (var (name, path) in files)
        {
            var item = $"{target.Name.TrimEnd('/')}/{name}";
            var length = new FileInfo(path).Length;
            if (await storage.FindAsync(target.Bucket, item, cancellation) is { } there && there.Size == length)
            {
                continue;
            }

            await new Upload(session.Client.Http).SendAsync(() => File.OpenRead(path), target.Bucket, item, "application/octet-stream", static _ => { }, cancellation);
            totals.Files++;
            totals.Bytes += length;
        }
    }
}
