using System.Text.Json;
using Cairn.Kernel.Errors;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>Google's JSON error body: <c>{"error":{"code":404,"message":…,"status":"NOT_FOUND","errors":[…],"details":[…]}}</c>.</summary>
public static class ErrorWriter
{
    public static async Task WriteAsync(HttpContext context, StatusException error)
    {
        var status = CodeMap.ToHttp(error);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=UTF-8";
        if (error.Code == Code.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer realm=\"cairn\"";
        }

        await using var json = new Utf8JsonWriter(
            response.BodyWriter,
            new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", status);
        json.WriteString("message", error.Message);
        json.WriteString("status", CodeMap.Name(error.Code));
        // The older clients (Cloud Storage, BigQuery) read their reason here.
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteString("domain", "global");
        json.WriteString("reason", Reason(error.Code));
        json.WriteString("message", error.Message);
        json.WriteEndObject();
        json.WriteEndArray();
        if (error.Details.Count > 0)
        {
            json.WriteStartArray("details");
            foreach (var detail in error.Details)
            {
                Rpc.Json.MessageJson.Write(json, detail);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Reason(Code code) =>
        code switch
        {
            Code.NotFound => "notFound",
            Code.AlreadyExists => "conflict",
            Code.InvalidArgument => "invalid",
            Code.FailedPrecondition => "failedPrecondition",
            Code.PermissionDenied => "forbidden",
            Code.Unauthenticated => "required",
            Code.ResourceExhausted => "rateLimitExceeded",
            Code.Unimplemented => "notImplemented",
            Code.DeadlineExceeded => "timeout",
            _ => "backendError",
        };
}
