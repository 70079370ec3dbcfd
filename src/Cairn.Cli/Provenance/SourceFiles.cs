using System.Text;
using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Provenance;

/// <summary>Keeps what a commit does not tell with a job's run: the artifacts <c>git/diff.patch</c> and <c>git/untracked.txt</c>.</summary>
internal sealed class SourceFiles(ApiSession session)
{
    private const string RunLabel = "cairn-run";
    private const string Scheme = "mlflow-artifacts:/";

    /// <summary>Uploads the files. The job is submitted by then, so that what goes wrong is told and is no failure.</summary>
    public async Task KeepAsync(CustomJob job, SourceState source, CancellationToken cancellation)
    {
        var files = new List<(string Name, byte[] Content)>();
        if (source.Diff is { Length: > 0 } diff)
        {
            files.Add(("git/diff.patch", diff));
        }

        if (source.Untracked.Count > 0)
        {
            files.Add(("git/untracked.txt", Encoding.UTF8.GetBytes(string.Join('\n', source.Untracked) + "\n")));
        }

        // A server that names no run, such as Vertex AI itself, has no place for them.
        if (files.Count == 0 || !job.Labels.TryGetValue(RunLabel, out var run))
        {
            return;
        }

        try
        {
            var found = JsonNode.Parse(
                await session.Client.TextAsync(
                    HttpMethod.Get,
                    $"/{session.Parent}/api/2.0/mlflow/runs/get?run_id={run}",
                    null,
                    cancellation
                )
            )!;
            var folder = (string)found["run"]!["info"]!["artifact_uri"]!;
            foreach (var (name, content) in files)
            {
                await PutAsync(folder, name, content, cancellation);
            }
        }
        catch (Exception error) when (error is CliException or ApiException)
        {
            session.Status.WriteLine($"The state of the source folder is not kept with the run {run}: {error.Message}");
        }
    }

    private async Task PutAsync(string folder, string name, byte[] content, CancellationToken cancellation)
    {
        if (folder.StartsWith(Scheme, StringComparison.Ordinal))
        {
            var path = string.Join('/', $"{folder[Scheme.Length..].Trim('/')}/{name}".Split('/').Select(Uri.EscapeDataString));
            using var body = new ByteArrayContent(content) { Headers = { ContentType = new("text/plain") { CharSet = "utf-8" } } };
            using var response = await session.Client.Http.SendAsync(
                HttpMethod.Put,
                $"/{session.Parent}/api/2.0/mlflow-artifacts/artifacts/{path}",
                body,
                cancellation
            );
        }
        else if (folder.StartsWith("gs://", StringComparison.Ordinal))
        {
            var parts = folder["gs://".Length..].TrimEnd('/').Split('/', 2);
            await new Upload(session.Client.Http).SendAsync(
                () => new MemoryStream(content),
                parts[0],
                string.Join('/', [.. parts[1..], name]),
                "text/plain; charset=utf-8",
                static _ => { },
                cancellation
            );
        }
    }
}
