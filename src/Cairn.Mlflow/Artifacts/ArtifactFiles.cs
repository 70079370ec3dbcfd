using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Artifacts;

namespace Cairn.Mlflow.Artifacts;

/// <summary>Sends artifacts as files.</summary>
internal sealed class ArtifactFiles(ArtifactAddresses store, IObjects objects)
{
    /// <summary>Sends a file below an artifact address, for a person to save.</summary>
    /// <exception cref="StatusException">NOT_FOUND; INVALID_ARGUMENT for a path that would leave the folder.</exception>
    public async Task DownloadAsync(MlflowCall call, string uri, string path)
    {
        RunArtifacts.CheckPath(path);
        var root = await store.ResolveAsync(call, uri);
        await SendAsync(call, root.Join(path));
    }

    /// <summary>Sends an object as a file of its name, whose type the name tells. What it holds is never shown as a page.</summary>
    public async Task SendAsync(MlflowCall call, GsUri address)
    {
        var (item, content) = await OpenAsync(address, call.Cancellation);
        await using var opened = content;
        var response = call.Http.Response;
        var name = address.Object[(address.Object.LastIndexOf('/') + 1)..];
        response.ContentType = FileTypes.Of(name);
        response.Headers.ContentDisposition = name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? $"attachment; filename={name}"
            : $"attachment; filename*=UTF-8''{Uri.EscapeDataString(name)}";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = item.Size;
        await content.CopyToAsync(response.Body, call.Cancellation);
    }

    private async Task<(StoredObject Item, Stream Content)> OpenAsync(GsUri address, CancellationToken cancellation)
    {
        try
        {
            return await objects.OpenItemAsync(address, cancellation);
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
        {
            throw StatusException.NotFound($"No such artifact: '{address.Object}'");
        }
    }
}
