using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>
/// A request's body as an object of ours. What the types do not say is held to all the same: the items of a list are there, and a text in
/// one is no null, so that nobody who goes through them has to look.
/// </summary>
public static class JsonRequest
{
    /// <summary>Options for reading; for a type's own ones, begin with these.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new PairConverter() },
        };

    /// <param name="context">The request, whose route has limited its size.</param>
    /// <param name="what">What the body is, for the sentence: <c>a move</c>.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is not the JSON of one.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, string what, JsonSerializerOptions? options = null)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        JsonText.Require(bytes.Span);
        try
        {
            RequireItems(bytes.Span);
            return JsonSerializer.Deserialize<T>(bytes.Span, options ?? Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw StatusException.InvalidArgument($"The body is not the JSON of {what}: {error.Message}");
        }
    }

    private static void RequireItems(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var before = JsonTokenType.None;
        while (reader.Read())
        {
            // Of a member, the token before is its name.
            if (reader.TokenType == JsonTokenType.Null && reader.CurrentDepth > 0 && before != JsonTokenType.PropertyName)
            {
                throw new JsonException("A list in it has null for an item.");
            }

            before = reader.TokenType;
        }
    }

    /// <summary>A key and its value, both of which have to be there.</summary>
    private sealed class PairConverter : JsonConverter<KeyValuePair<string, string>>
    {
        private sealed record Pair(string Key, string Value);

        public override KeyValuePair<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Pair>(ref reader, options) is var (key, value)
                ? KeyValuePair.Create(key, value)
                : throw new JsonException("A pair of a key and a value is null.");

        public override void Write(Utf8JsonWriter writer, KeyValuePair<string, string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, new Pair(value.Key, value.Value), options);
    }
}
