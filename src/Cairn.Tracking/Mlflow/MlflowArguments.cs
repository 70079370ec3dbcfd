using System.Globalization;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Tracking.Mlflow;

/// <summary>Arguments by name. Whole numbers come as numbers or as text, as protobuf's JSON allows.</summary>
public sealed class MlflowArguments
{
    private readonly IQueryCollection query;
    private readonly JsonElement body;

    public MlflowArguments(IQueryCollection query) => this.query = query;

    private MlflowArguments(IQueryCollection query, JsonElement body)
        : this(query) => this.body = body;

    /// <exception cref="StatusException">INVALID_ARGUMENT where the body is not a JSON object.</exception>
    public static MlflowArguments Parse(ReadOnlyMemory<byte> json, IQueryCollection query)
    {
        JsonText.Require(json.Span);
        try
        {
            var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new MlflowArguments(query, document.RootElement)
                : throw StatusException.InvalidArgument("The request's body must be a JSON object.");
        }
        catch (JsonException error)
        {
            throw StatusException.InvalidArgument($"The request's body is not JSON: {error.Message}");
        }
    }

    /// <summary>A text, or null where it is absent.</summary>
    public string? Text(string name) => Element(name) is { } element
        ? Text(element, name)
        : query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is absent or empty.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    /// <summary>The run of a call, by either of the names that it has had.</summary>
    public string RunId => Text("run_id") is { Length: > 0 } id ? id : Text("run_uuid") is { Length: > 0 } old ? old : throw Missing("run_id");

    public long? Number(string name) => Text(name) is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 9e18 ? (long)number
        : throw Wrong(name, text, "a whole number");

    /// <summary>Milliseconds since 1970, or null where they are absent.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a time outside of the years 1 to 9999.</exception>
    public long? Time(string name) => Number(name) is not { } time ? null
        : time is >= -62_135_596_800_000 and <= 253_402_300_799_999 ? time
        : throw Wrong(name, time.ToString(CultureInfo.InvariantCulture), "milliseconds since 1970, in the years 1 to 9999");

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is absent or no number.</exception>
    public long RequiredNumber(string name) => Number(name) ?? throw Missing(name);

    public double RequiredDouble(string name) => Text(name) is { } text
        ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(name, text, "a number")
        : throw Missing(name);

    /// <summary>A list of texts; empty where it is absent.</summary>
    public IReadOnlyList<string> Texts(string name) => Element(name) is { } element
        ? [.. Items(element, name).Select(item => Text(item, name) ?? "")]
        : query.TryGetValue(name, out var values) ? [.. values.Select(static value => value ?? "")] : [];

    /// <summary>A list of objects; empty where it is absent.</summary>
    public IReadOnlyList<MlflowArguments> Objects(string name) => Element(name) is { } element
        ? [.. Items(element, name).Select(item => item.ValueKind == JsonValueKind.Object ? new MlflowArguments(Microsoft.AspNetCore.Http.QueryCollection.Empty, item) : throw Wrong(name, item.GetRawText(), "a list of objects"))]
        : [];

    /// <summary>An object, or null.</summary>
    public MlflowArguments? Object(string name) => Element(name) is { ValueKind: JsonValueKind.Object } element ? new MlflowArguments(QueryCollection.Empty, element) : null;

    /// <summary>A list of <c>{"key": …, "value": …}</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string name) =>
        [.. Objects(name).Select(static pair => KeyValuePair.Create(pair.Required("key"), pair.Text("value") ?? ""))];

    public JsonElement? Element(string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    public static StatusException Missing(string name) =>
        StatusException.InvalidArgument($"Missing value for required parameter '{name}'. See the API docs for more information about request parameters.");

    private static string? Text(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => throw Wrong(name, element.GetRawText(), "a plain value"),
    };

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Wrong(name, element.GetRawText(), "a list");

    private static StatusException Wrong(string name, string value, string wanted) =>
        StatusException.InvalidArgument($"Invalid value {(value.Length > 100 ? value[..100] + "…" : value)} for parameter '{name}' supplied: it must be {wanted}.");
}
