using System.Text.Json;
using Cairn.Kernel.Errors;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Mlflow;

/// <summary>
/// Failures as MLflow's clients read them: <c>{"error_code": …, "message": …}</c> with the HTTP status that MLflow's own server gives the
/// code.
/// </summary>
internal static class MlflowErrors
{
    /// <summary>Texts as they are, as MLflow's server writes them: no page is made of an answer, and people read it.</summary>
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Task WriteAsync(HttpContext context, StatusException error)
    {
        var (status, code) = error.Code switch
        {
            Code.InvalidArgument or Code.OutOfRange => (400, "INVALID_PARAMETER_VALUE"),
            Code.NotFound => (404, "RESOURCE_DOES_NOT_EXIST"),
            Code.AlreadyExists => (400, "RESOURCE_ALREADY_EXISTS"),
            Code.FailedPrecondition => (400, "INVALID_STATE"),
            Code.PermissionDenied => (403, "PERMISSION_DENIED"),
            Code.Unauthenticated => (401, "UNAUTHENTICATED"),
            Code.ResourceExhausted => (429, "RESOURCE_EXHAUSTED"),
            Code.Aborted => (409, "ABORTED"),
            Code.Unimplemented => (501, "NOT_IMPLEMENTED"),
            Code.Unavailable => (503, "TEMPORARILY_UNAVAILABLE"),
            _ => (500, "INTERNAL_ERROR"),
        };
        status = error.HttpStatus ?? status;
        if (error.Code == Code.Unauthenticated)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"cairn\"";
        }

        return WriteAsync(context, status, code, error.Message);
    }

    public static async Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var error = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["error_code"] = code, ["message"] = message },
            Json
        );
        await context.Response.Body.WriteAsync(error, context.RequestAborted);
    }
}
