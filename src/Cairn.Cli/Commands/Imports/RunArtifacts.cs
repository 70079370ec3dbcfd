using System.Security.Cryptography;
using System.Text;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Cairn.Tracking.Imports;

namespace Cairn.Cli.Commands.Imports;

/// <summary>Uploads the files of imported runs: objects <c>EXPERIMENT/RUN/artifacts/…</c> in the project's bucket for runs' artifacts. What is there with its size is not sent again.</summary>
internal sealed class RunArtifacts(ApiSession session)
{
    private readonly StorageClient storage = new(session.Client.Http);
    private string? bucket;

    /// <summary>Returns the address of the run's folder.</summary>
    public async Task<string> UploadAsync(string experiment, ImportedRun run, ImportTotals totals, CancellationToken cancellation)
    {
        bucket ??= await BucketAsync(cancellation);
        var folder = $"{experiment}/{run.Id}/artifacts";
        foreach (var (name, path) in run.Artifacts)
        {
            var length = new FileInfo(path).Length;
            if (await storage.FindAsync(bucket, $"{folder}/{name}", cancellation) is { } there && there.Size == length)
            {
                continue;
            }

            await new Upload(session.Client.Http).SendAsync(() => File.OpenRead(path), bucket, $"{folder}/{name}", "application/octet-stream", static _ => { }, cancellation);
            totals.Files++;
            totals.Bytes += length;
        }

        return $"gs://{bucket}/{folder}";
    }

    private async Task<string> BucketAsync(CancellationToken cancellation)
    {
        var name = $"{session.Project}-mlflow-artifacts";
        if (name.Length > 63 || name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-_"))
        {
            name = $"mlflow-artifacts-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Project)))[..20]}";
        }

        if (!await storage.BucketExistsAsync(name, cancellation))
        {
            await storage.CreateBucketAsync(session.Project, name, cancellation);
        }

        return name;
    }
}
