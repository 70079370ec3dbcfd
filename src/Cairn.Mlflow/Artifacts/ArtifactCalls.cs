using System.Text.Json;
using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.LoggedModels;
using Cairn.Mlflow.Tracking;
using Cairn.Tracking.Artifacts;
using Cairn.Tracking.LoggedModels;

namespace Cairn.Mlflow.Artifacts;

/// <summary>Artifacts of runs, and the store that clients reach through this server: <c>mlflow-artifacts</c>.</summary>
internal sealed class ArtifactCalls(
    IDatabase database,
    RunAccess access,
    LoggedModelAccess models,
    ArtifactAddresses store,
    ArtifactFiles files,
    IObjects objects
) : IMlflowCalls
{
    private const int MaxPage = 1_000;

    public void Map(MlflowRoutes routes)
    {
        routes.Add("GET", "2.0/mlflow/artifacts/list", "mlflow.artifacts.list", ListRunAsync);
        routes.Add("GET", "2.0/mlflow/logged-models/{model_id}/artifacts/directories", "mlflow.artifacts.list", ListModelAsync);
        routes.Add("GET", "2.0/mlflow/logged-models/{model_id}/artifacts/files", "mlflow.artifacts.get", DownloadModelAsync);
        routes.Add("GET", "2.0/mlflow-artifacts/artifacts", "mlflow.artifacts.list", ListProxiedAsync);
        routes.AddStreamed(
            "GET",
            "2.0/mlflow-artifacts/artifacts/{path=**}",
            "mlflow.artifacts.get",
            async call => await files.SendAsync(call, await store.ProxiedAsync(call, call.Path("path")))
        );
        routes.AddStreamed("PUT", "2.0/mlflow-artifacts/artifacts/{path=**}", "mlflow.artifacts.create", PutAsync);
        routes.Add("DELETE", "2.0/mlflow-artifacts/artifacts/{path=**}", "mlflow.artifacts.delete", DeleteAsync);
        routes.AddAtRoot("GET", "get-artifact", "mlflow.artifacts.get", DownloadRunAsync);
    }

    private async Task ListRunAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, path) = (arguments.RunId, arguments.Text("path") ?? "");
        var run = await database.ReadAsync(session => access.Run(session, call, id), call.Cancellation);
        await ListAsync(call, run.ArtifactUri, path, arguments.Text("page_token"));
    }

    private async Task ListModelAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var model = await ModelAsync(call);
        await ListAsync(call, model.ArtifactUri, arguments.Text("artifact_directory_path") ?? "", arguments.Text("page_token"));
    }

    private async Task ListAsync(MlflowCall call, string uri, string path, string? after)
    {
        RunArtifacts.CheckPath(path);
        var root = await store.ResolveAsync(call, uri);
        var entries = await EntriesAsync(root, path, call.Cancellation);
        await AnswerAsync(call, entries, after, path, uri);
    }

    private Task<LoggedModel> ModelAsync(MlflowCall call) =>
        database.ReadAsync(session => models.Active(session, call, call.Path("model_id")), call.Cancellation);

    private async Task ListProxiedAsync(MlflowCall call)
    {
        var path = (await call.ArgumentsAsync()).Text("path") ?? "";
        var root = await store.ProxiedAsync(call, path);
        var entries = await EntriesAsync(root, "", call.Cancellation);
        await AnswerAsync(call, entries, null, "", null);
    }

    private async Task DownloadRunAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, path) = (arguments.RunId, arguments.Required("path"));
        var run = await database.ReadAsync(session => access.Run(session, call, id), call.Cancellation);
        await files.DownloadAsync(call, run.ArtifactUri, path);
    }

    private async Task DownloadModelAsync(MlflowCall call)
    {
        var path = (await call.ArgumentsAsync()).Required("artifact_file_path");
        await files.DownloadAsync(call, (await ModelAsync(call)).ArtifactUri, path);
    }

    private async Task PutAsync(MlflowCall call)
    {
        RunArtifacts.CheckFile(call.Path("path"));
        var target = await store.ProxiedAsync(call, call.Path("path"));
        target = await store.EnsureAsync(call, target);
        await objects.PutAsync(target, call.Http.Request.Body, call.Http.Request.ContentType, call.Cancellation);
        await call.DoneAsync();
    }

    private async Task DeleteAsync(MlflowCall call)
    {
        var target = await store.ProxiedAsync(call, call.Path("path"));
        var any = await objects.DeleteAsync(target, call.Cancellation);
        await foreach (var item in objects.ListAsync(Folder(target), call.Cancellation))
        {
            any |= await objects.DeleteAsync(new GsUri(item.Bucket, item.Name), call.Cancellation);
        }

        if (!any)
        {
            throw StatusException.NotFound($"There is no artifact '{call.Path("path")}'.");
        }

        await call.DoneAsync();
    }

    private static GsUri Folder(GsUri uri) =>
        uri.Object.Length == 0 || uri.Object.EndsWith('/') ? uri : uri with { Object = uri.Object + "/" };

    /// <summary>What lies directly in a folder; of a path that is a file, the file.</summary>
    private async Task<List<(string Name, long? Size)>> EntriesAsync(GsUri root, string path, CancellationToken cancellation)
    {
        var folder = Folder(path.Length == 0 ? root : root.Join(path));
        var entries = new List<(string Name, long? Size)>();
        if (await objects.ProjectOfAsync(folder.Bucket, cancellation) is null)
        {
            return entries;
        }

        await foreach (var item in objects.ListAsync(folder, cancellation))
        {
            var rest = item.Name[folder.Object.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var name = slash < 0 ? rest : rest[..slash];
            var entry = (name, slash < 0 ? item.Size : (long?)null);
            if (name.Length > 0 && (entries.Count == 0 || entries[^1] != entry))
            {
                entries.Add(entry);
            }
        }

        // A file and a folder may have one name: objects know no folders.
        return
        [
            .. entries
                .DistinctBy(Key)
                .OrderBy(static entry => entry.Name, StringComparer.Ordinal)
                .ThenBy(static entry => entry.Size is null),
        ];
    }

    /// <summary>What tells an entry from others: a folder's name ends in a slash.</summary>
    private static string Key((string Name, long? Size) entry) => entry.Size is null ? entry.Name + "/" : entry.Name;

    private static Task AnswerAsync(MlflowCall call, List<(string Name, long? Size)> entries, string? after, string path, string? root) =>
        call.AnswerAsync(json =>
        {
            if (root is not null)
            {
                json.WriteString("root_uri", root);
            }

            var page = entries.SkipWhile(entry => !IsAfter(entry, after)).Take(root is null ? int.MaxValue : MaxPage).ToList();
            json.WriteStartArray("files");
            foreach (var (name, size) in page)
            {
                WriteFile(json, path.Length == 0 ? name : $"{path.TrimEnd('/')}/{name}", size);
            }

            json.WriteEndArray();
            if (page.Count == MaxPage && page[^1] != entries[^1])
            {
                json.WriteString("next_page_token", Key(page[^1]));
            }
        });

    private static bool IsAfter((string Name, long? Size) entry, string? after)
    {
        if (string.IsNullOrEmpty(after))
        {
            return true;
        }

        var order = string.CompareOrdinal(entry.Name, after.TrimEnd('/'));
        return order > 0 || (order == 0 && entry.Size is null && !after.EndsWith('/'));
    }

    private static void WriteFile(Utf8JsonWriter json, string path, long? size)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteBoolean("is_dir", size is null);
        if (size is { } bytes)
        {
            json.WriteNumber("file_size", bytes);
        }

        json.WriteEndObject();
    }
}
