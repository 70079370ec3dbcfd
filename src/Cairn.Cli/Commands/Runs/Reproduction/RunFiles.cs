using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>Files among a run's artifacts that tell how to recreate it: at its root, or one folder below.</summary>
internal sealed class RunFiles(ApiSession session, string run)
{
    private const int MaxText = 1 << 20;
    private const int MaxFolders = 50;

    private static readonly string[] Requirements = ["requirements.txt", "conda.yaml", "python_env.yaml", "environment.yml"];

    /// <summary>The first is what 'custom-jobs create' keeps.</summary>
    private static readonly string[] Diffs = ["git/diff.patch", "git.diff"];

    private List<string>? _files;

    /// <summary>What was changed and not committed; null where no such file is there.</summary>
    public async Task<string?> DiffAsync(CancellationToken cancellation) =>
        (await FilesAsync(cancellation)).Find(static file => Diffs.Contains(file)) is { } path ? await TextAsync(path, cancellation) : null;

    /// <summary>The contents of the files that name packages, by path.</summary>
    public async Task<JsonObject> RequirementsAsync(CancellationToken cancellation)
    {
        var found = new JsonObject();
        foreach (var path in (await FilesAsync(cancellation)).Where(static file => Requirements.Contains(Path.GetFileName(file))))
        {
            found[path] = await TextAsync(path, cancellation);
        }

        return found;
    }

    private async Task<List<string>> FilesAsync(CancellationToken cancellation)
    {
        if (_files is null)
        {
            var (found, folders) = await ListAsync("", cancellation);
            foreach (var folder in folders.Take(MaxFolders))
            {
                found.AddRange((await ListAsync(folder, cancellation)).Files);
            }

            _files = found;
        }

        return _files;
    }

    /// <summary>A run whose artifacts another store keeps has none here.</summary>
    private async Task<(List<string> Files, List<string> Folders)> ListAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            var entries =
                (await session.Mlflow.GetAsync("artifacts/list", cancellation, ("run_id", run), ("path", folder)))["files"]?.AsArray()
                ?? [];
            return (
                [
                    .. entries
                        .Where(static entry => entry!["is_dir"] is null || !(bool)entry["is_dir"]!)
                        .Select(static entry => (string)entry!["path"]!),
                ],
                [
                    .. entries
                        .Where(static entry => entry!["is_dir"] is { } isFolder && (bool)isFolder)
                        .Select(static entry => (string)entry!["path"]!),
                ]
            );
        }
        catch (ApiException e) when (e.Status is "FAILED_PRECONDITION" or "NOT_FOUND")
        {
            return ([], []);
        }
    }

    private async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        using var response = await session.Client.Http.SendAsync(
            HttpMethod.Get,
            $"/{session.Parent}/get-artifact?run_id={run}&path={Uri.EscapeDataString(path)}",
            null,
            cancellation
        );
        return response.Content.Headers.ContentLength is > MaxText
            ? throw new CliException(
                $"The run's file '{path}' has {response.Content.Headers.ContentLength} bytes; at most {MaxText} are read."
            )
            : await response.Content.ReadAsStringAsync(cancellation);
    }
}
