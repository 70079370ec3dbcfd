using System.Security.Cryptography;
using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Models.Artifacts;

/// <summary>
/// Local copies of registered artifacts, one folder for each content, so that overwriting or deleting the objects afterwards does not
/// change a registered version. A folder that is missing (another server registered the version) is made again from the objects, and
/// refused where they have changed since.
/// </summary>
public sealed partial class ModelSnapshots
{
    private const int MaxFiles = 10_000;
    private const string Staging = ".staging-";
    private const string Removed = ".removed-";

    private readonly IObjects _objects;
    private readonly string _root;
    private readonly ILogger<ModelSnapshots> _log;

    /// <summary>Also deletes what a server that died in the middle has left of copies that it made or removed.</summary>
    public ModelSnapshots(IObjects objects, ServerEnvironment environment, ILogger<ModelSnapshots> log)
    {
        _objects = objects;
        _log = log;
        _root = Path.Combine(environment.DataDirectory, "models", "snapshots");
        if (Directory.Exists(_root))
        {
            string[] left = [.. Directory.GetDirectories(_root, Staging + "*"), .. Directory.GetDirectories(_root, Removed + "*")];
            _ = Task.Run(() => Array.ForEach(left, Clear));
        }
    }

    /// <summary>Copies what is below <paramref name="uri"/> now.</summary>
    /// <exception cref="StatusException">NOT_FOUND where there is nothing; INVALID_ARGUMENT where there are too many files, or a name that
    /// cannot be a file.</exception>
    public async Task<ArtifactManifest> TakeAsync(GsUri uri, CancellationToken cancellation)
    {
        var staging = Path.Combine(_root, Staging + Path.GetRandomFileName());
        Directory.CreateDirectory(staging);
        try
        {
            var count = await _objects.DownloadAsync(Folder(uri), staging, cancellation);
            if (count == 0)
            {
                throw await NothingThere(uri, cancellation);
            }

            if (count > MaxFiles)
            {
                throw StatusException.InvalidArgument($"`artifact_uri` '{uri}' holds {count} files; a model may have {MaxFiles}.");
            }

            var manifest = await DescribeAsync(uri, staging, cancellation);
            Publish(staging, manifest.Digest());
            return manifest;
        }
        finally
        {
            Discard(staging);
        }
    }

    /// <summary>The folder with exactly the manifest's files. Nobody writes to it.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION where no copy is on this server and the objects have changed or
    /// gone.</exception>
    public async Task<string> OpenAsync(ArtifactManifest manifest, CancellationToken cancellation)
    {
        var digest = manifest.Digest();
        var folder = Path.Combine(_root, digest);
        if (IsWhole(folder, manifest))
        {
            return folder;
        }

        Discard(folder);
        ArtifactManifest now;
        try
        {
            now = await TakeAsync(GsUri.Parse(manifest.Uri, "artifact_uri"), cancellation);
        }
        catch (StatusException e) when (e.Code == Google.Rpc.Code.NotFound)
        {
            throw StatusException.FailedPrecondition(
                $"The model's files at '{manifest.Uri}' are gone, and this server has no copy of them. Restore them, or upload the model again."
            );
        }

        return now.Digest() == digest
            ? folder
            : throw StatusException.FailedPrecondition(
                $"The model's files at '{manifest.Uri}' have changed since this version was registered, and this server has no copy of the registered ones. Upload them as a new version."
            );
    }

    /// <summary>
    /// Deletes a copy that no version refers to any more: it is gone when this returns, and its files soon after. What cannot be deleted is
    /// told in the log.
    /// </summary>
    public void Remove(string digest)
    {
        var gone = Path.Combine(_root, Removed + Path.GetRandomFileName());
        try
        {
            Directory.Move(Path.Combine(_root, digest), gone);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(_log, digest, e.Message);
            return;
        }

        _ = Task.Run(() => Clear(gone));
    }

    private void Clear(string folder)
    {
        try
        {
            Discard(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(_log, Path.GetFileName(folder), e.Message);
        }
    }

    private static GsUri Folder(GsUri uri) =>
        uri.Object.Length == 0 || uri.Object.EndsWith('/') ? uri : uri with { Object = uri.Object + "/" };

    private static void Discard(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException) { }
    }

    /// <summary>
    /// Sizes only: content was hashed when the copy was made, and a crash of the machine can at worst have cut files short.
    /// </summary>
    private static bool IsWhole(string folder, ArtifactManifest manifest) =>
        Directory.Exists(folder)
        && manifest.Files.All(f => new FileInfo(Path.Combine(folder, f.Path)) is { Exists: true } file && file.Length == f.Size);

    private static async Task<ArtifactManifest> DescribeAsync(GsUri uri, string folder, CancellationToken cancellation)
    {
        List<ArtifactFile> files = [];
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var stream = File.OpenRead(path);
            await using (stream)
            {
                var hash = await SHA256.HashDataAsync(stream, cancellation);
                files.Add(new ArtifactFile(Path.GetRelativePath(folder, path), stream.Length, Convert.ToHexStringLower(hash)));
            }
        }

        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new ArtifactManifest(uri.ToString(), files);
    }

    private void Publish(string staging, string digest)
    {
        var folder = Path.Combine(_root, digest);
        if (!Directory.Exists(folder))
        {
            try
            {
                Directory.Move(staging, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Another upload of the same content was faster.
            }
        }
    }

    private async Task<StatusException> NothingThere(GsUri uri, CancellationToken cancellation)
    {
        if (await _objects.ProjectOfAsync(uri.Bucket, cancellation) is null)
        {
            return StatusException.NotFound($"`artifact_uri` is '{uri}', but there is no bucket '{uri.Bucket}'.");
        }

        return uri.Object.Length > 0 && await _objects.FindAsync(uri, cancellation) is not null
            ? StatusException.InvalidArgument(
                $"`artifact_uri` is '{uri}', which is an object; it must be the folder that holds the model's files."
            )
            : StatusException.NotFound($"`artifact_uri` is '{uri}', but there is no object below it.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The copy of a model's files '{Folder}' could not be deleted: {Reason}")]
        public static partial void NotRemoved(ILogger log, string folder, string reason);
    }
}
