using Cairn.Cli.Api;
using Cairn.Cli.Commands.Storage;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Imports;

/// <summary>Uploads the files of what is imported. What is there with its size is not sent again.</summary>
internal sealed class RunArtifacts(ApiSession session, ImportItems items)
{
    private readonly StorageClient _storage = new(session.Client.Http);

    /// <param name="of">What they are the files of.</param>
    /// <param name="folder">The address of the folder, <c>gs://bucket/prefix</c>.</param>
    /// <param name="files">The name in the folder, and where the file lies.</param>
    public async Task UploadAsync(
        string of,
        string folder,
        IReadOnlyList<KeyValuePair<string, string>> files,
        ImportTotals totals,
        CancellationToken cancellation
    )
    {
        var target = GsAddress.Parse(folder);
        foreach (var (name, path) in files)
        {
            await items.TryAsync(
                $"The file '{name}' of {of}",
                () => SendAsync(target with { Name = $"{target.Name.TrimEnd('/')}/{name}" }, path, totals, cancellation)
            );
        }
    }

    private async Task SendAsync(GsAddress target, string path, ImportTotals totals, CancellationToken cancellation)
    {
        var length = new FileInfo(path).Length;
        if (await _storage.FindAsync(target.Bucket, target.Name, cancellation) is { } there && there.Size == length)
        {
            return;
        }

        await new Upload(session.Client.Http).SendAsync(
            () => File.OpenRead(path),
            target.Bucket,
            target.Name,
            "application/octet-stream",
            static _ => { },
            cancellation
        );
        totals.Files++;
        totals.Bytes += length;
    }
}
