using System.Globalization;
using Cairn.Data;
using Cairn.Kernel.Errors;

namespace Cairn.Mlflow.Artifacts.Multipart;

/// <summary>
/// <c>2.0/mlflow-artifacts/mpu/…</c>: large files in parts, as clients send them with <c>MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD</c>. Where
/// the parts go is an address of this server's, to which clients send none but the headers that they are told; the caller's own
/// authorization is among them.
/// </summary>
internal sealed class MultipartCalls(MultipartUploads uploads, ArtifactAddresses store, IObjects objects) : IMlflowCalls
{
    private const string Root = "2.0/mlflow-artifacts/mpu";

    public void Map(MlflowRoutes routes)
    {
        routes.Add("POST", Root + "/create/{path=**}", "mlflow.artifacts.create", CreateAsync);
        routes.AddStreamed("PUT", Root + "/part/{upload}/{number}", "mlflow.artifacts.create", PutAsync);
        routes.Add("POST", Root + "/complete/{path=**}", "mlflow.artifacts.create", CompleteAsync);
        routes.Add("POST", Root + "/abort/{path=**}", "mlflow.artifacts.create", AbortAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var parts = arguments.Number("num_parts") ?? 1;
        if (parts is < 1 or > MultipartUploads.MaxParts)
        {
            throw StatusException.InvalidArgument(
                $"Invalid value {parts} for parameter 'num_parts' supplied: it must be 1 to {MultipartUploads.MaxParts}."
            );
        }

        var target = await TargetAsync(call, arguments);
        var project = await store.OwnerAsync(call, target);
        target = await store.EnsureAsync(call, target);
        var upload = await uploads.CreateAsync(project, target, (int)parts, call.Cancellation);
        var request = call.Http.Request;
        var path = request.Path.Value!;
        var address =
            $"{request.Scheme}://{request.Host}{path[..path.IndexOf("/mpu/create", StringComparison.Ordinal)]}/mpu/part/{upload.Id}/";
        await call.AnswerAsync(json =>
        {
            json.WriteString("upload_id", upload.Id);
            json.WriteStartArray("credentials");
            for (var number = 1; number <= upload.Parts; number++)
            {
                json.WriteStartObject();
                json.WriteString("url", address + number.ToString(CultureInfo.InvariantCulture));
                json.WriteNumber("part_number", number);
                json.WriteStartObject("headers");
                if (request.Headers.Authorization is [{ Length: > 0 } authorization, ..])
                {
                    json.WriteString("Authorization", authorization);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task PutAsync(MlflowCall call)
    {
        var upload = await OwnAsync(call, call.Path("upload"));
        if (!int.TryParse(call.Path("number"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw StatusException.InvalidArgument($"The part '{call.Path("number")}' is no number.");
        }

        call.Http.Response.Headers.ETag = await uploads.PutAsync(upload, number, call.Http.Request.Body, call.Cancellation);
        await call.DoneAsync();
    }

    private async Task CompleteAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var upload = await OwnAsync(call, arguments);
        var parts = arguments
            .Objects("parts")
            .Select(static part => ((int)Math.Clamp(part.RequiredNumber("part_number"), 0, int.MaxValue), part.Text("etag") ?? ""))
            .OrderBy(static part => part.Item1)
            .ToList();
        await uploads.CompleteAsync(upload, parts, call.Cancellation);
        await call.DoneAsync();
    }

    private async Task AbortAsync(MlflowCall call)
    {
        await uploads.EndAsync(await OwnAsync(call, await call.ArgumentsAsync()), call.Cancellation);
        await call.DoneAsync();
    }

    /// <summary>The upload that a request names, which must be to the file that it names.</summary>
    private async Task<MultipartUpload> OwnAsync(MlflowCall call, MlflowArguments arguments)
    {
        var upload = await OwnAsync(call, arguments.Required("upload_id"));
        return upload.Target == await TargetAsync(call, arguments)
            ? upload
            : throw StatusException.InvalidArgument(
                $"The upload '{upload.Id}' is of the file '{upload.Target.Object}', not of the one that the request names."
            );
    }

    private async Task<MultipartUpload> OwnAsync(MlflowCall call, string id)
    {
        var upload = await uploads.GetAsync(id, call.Cancellation);
        return call.Sees(upload.Project) && await objects.ProjectOfAsync(upload.Target.Bucket, call.Cancellation) == upload.Project
            ? upload
            : throw StatusException.NotFound($"There is no upload '{id}': it has been completed, aborted, or left for a week.");
    }

    /// <summary>The folder is in the path, the file's name is the last part of its name on the client's machine.</summary>
    private async Task<GsUri> TargetAsync(MlflowCall call, MlflowArguments arguments)
    {
        var file = arguments.Required("path");
        var name = file[(file.LastIndexOfAny(['/', '\\']) + 1)..];
        if (name.Length == 0)
        {
            throw StatusException.InvalidArgument($"Invalid value {file} for parameter 'path' supplied: it names no file.");
        }

        return await store.ProxiedAsync(call, $"{call.Path("path").TrimEnd('/')}/{name}".TrimStart('/'));
    }
}
