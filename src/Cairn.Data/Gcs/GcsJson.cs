using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>JSON bodies in and out.</summary>
public static class GcsJson
{
    /// <summary>The largest JSON body that is read, in bytes.</summary>
    public const int MaxBody = 1 << 20;

    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A name that occurs twice would otherwise be found out only when the object that has it is looked into.
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Answers with the resource, or with the part of it that <c>fields</c> selects.</summary>
    public static async Task WriteAsync(HttpContext context, JsonNode body)
    {
        var fields = context.Response.StatusCode < 300 ? context.Text("fields") : "";
        var selected = fields.Length == 0 ? body : FieldSelector.Parse(fields).Apply(body)!;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(selected, Writing);
        context.Response.ContentType = "application/json; charset=UTF-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>The request's body as an object; an empty one where there is none.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is no JSON object.</exception>
    public static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(piece, context.RequestAborted)) > 0)
        {
            copy.Write(piece, 0, read);
            if (copy.Length > MaxBody)
            {
                throw StatusException.InvalidArgument($"The request's JSON is longer than {MaxBody} bytes.");
            }
        }

        return Parse(copy.GetBuffer().AsSpan(0, (int)copy.Length));
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the bytes are no JSON object.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Trim(" \t\r\n"u8).IsEmpty)
        {
            return [];
        }

        JsonText.Require(bytes);
        try
        {
            var root =
                JsonNode.Parse(bytes, documentOptions: Reading) as JsonObject
                ?? throw StatusException.InvalidArgument("Parse Error: the request's body must be a JSON object.");

            // What is no text is found out only when it is asked for.
            RequireTexts(bytes);
            return root;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw StatusException.InvalidArgument($"Parse Error: the request's body is not well-formed JSON: {error.Message}");
        }
    }

    // Bytes that are not UTF-8, half a pair of surrogates; and a NUL, which PostgreSQL's text cannot hold.
    private static void RequireTexts(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Reading.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.GetString()!.Contains('\0'))
            {
                throw new JsonException("A text in it has a NUL character.");
            }
        }
    }

    /// <summary>A field's text; null where it is absent or null.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is something else.</exception>
    public static string? Text(this JsonObject body, string field) =>
        body[field] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            var other => throw StatusException.InvalidArgument($"Invalid Value: `{field}` is {other.ToJsonString()}; it must be a string."),
        };

    /// <summary>A field's truth value; null where it is absent or null.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is something else.</exception>
    public static bool? Flag(this JsonObject body, string field) =>
        body[field] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            var other => throw StatusException.InvalidArgument(
                $"Invalid Value: `{field}` is {other.ToJsonString()}; it must be true or false."
            ),
        };

    /// <summary>A field's integer, which may be written as a string; null where it is absent or null.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is something else.</exception>
    public static long? Number(this JsonObject body, string field) =>
        body[field] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<long>(out var number) => number,
            JsonValue value when value.TryGetValue<string>(out var text) && long.TryParse(text, out var number) => number,
            var other => throw StatusException.InvalidArgument(
                $"Invalid Value: `{field}` is {other.ToJsonString()}; it must be an integer."
            ),
        };

    /// <summary>A field that is an object; null where it is absent or null.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is something else.</exception>
    public static JsonObject? Object(this JsonObject body, string field) =>
        body[field] switch
        {
            null => null,
            JsonObject value => value,
            var other => throw StatusException.InvalidArgument(
                $"Invalid Value: `{field}` is {other.ToJsonString()}; it must be an object."
            ),
        };
}
