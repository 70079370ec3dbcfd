using System.Text.Json.Nodes;
using Cairn.Kernel.Errors;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>Failures as Cloud Storage writes them: its own statuses and reasons, which clients act on.</summary>
public static class GcsErrors
{
    public static (int Status, string Reason) Of(StatusException error) =>
        DataErrors.ReasonOf(error) switch
        {
            DataErrors.ConditionNotMet => (412, DataErrors.ConditionNotMet),
            DataErrors.NotModified => (304, DataErrors.NotModified),
            DataErrors.Conflict => (409, DataErrors.Conflict),
            DataErrors.UnderActiveHold => (403, DataErrors.UnderActiveHold),
            DataErrors.RetentionNotMet => (403, DataErrors.RetentionNotMet),
            DataErrors.Forbidden => (403, DataErrors.Forbidden),
            DataErrors.RangeNotSatisfiable => (416, DataErrors.RangeNotSatisfiable),
            _ when error.HttpStatus is { } own => (own, "backendError"),
            _ => error.Code switch
            {
                Code.NotFound => (404, "notFound"),
                Code.AlreadyExists => (409, "conflict"),
                Code.Aborted => (409, "conflict"),
                Code.InvalidArgument or Code.OutOfRange or Code.FailedPrecondition => (400, "invalid"),
                Code.PermissionDenied => (403, "forbidden"),
                Code.Unauthenticated => (401, "required"),
                Code.ResourceExhausted => (429, "rateLimitExceeded"),
                Code.Unimplemented => (501, "notImplemented"),
                Code.Cancelled => (499, "clientClosedRequest"),
                Code.Unavailable => (503, "backendError"),
                _ => (500, "backendError"),
            },
        };

    public static async Task WriteAsync(HttpContext context, StatusException error)
    {
        var (status, reason) = Of(error);
        var response = context.Response;
        response.StatusCode = status;
        if (status == 304)
        {
            return;
        }

        var body = new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["code"] = status,
                ["message"] = error.Message,
                ["errors"] = new JsonArray(
                    new JsonObject
                    {
                        ["message"] = error.Message,
                        ["domain"] = "global",
                        ["reason"] = reason,
                    }
                ),
            },
        };
        await GcsJson.WriteAsync(context, body);
    }
}
