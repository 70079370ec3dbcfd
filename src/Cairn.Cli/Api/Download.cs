using System.Security.Cryptography;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Api;

/// <summary>Downloads an object to a file that appears whole or not at all, compared by MD5.</summary>
internal sealed class Download(StorageClient storage)
{
    public async Task ReceiveAsync(ObjectInfo item, string path, Action<long> progress, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            await using (var from = await storage.OpenAsync(item.Bucket, item.Name, cancellation))
            await using (var to = new FileStream(part, FileMode.CreateNew))
            {
                var buffer = new byte[1 << 17];
                var received = 0L;
                int read;
                while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
                {
                    md5.AppendData(buffer, 0, read);
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                    progress(received += read);
                }
            }

            var hash = Convert.ToBase64String(md5.GetHashAndReset());
            if (item.Md5 is { } wanted && wanted != hash)
            {
                throw new CliException($"gs://{item.Bucket}/{item.Name} has MD5 {wanted}, but {hash} arrived; copy it again.");
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
