using System.Globalization;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Store;
using Cairn.Tracking.Runs;
using Microsoft.AspNetCore.Http;

namespace Cairn.Mlflow;

/// <summary>
/// Arguments by name, of the types that MLflow's messages give them: text is a JSON string, numbers are numbers or text, as protobuf's JSON
/// allows. What is of another type is refused in
/// MLflow's own words, which its clients' tests look for.
/// </summary>
public sealed class MlflowArguments
{
    private const string Hint = "See the API docs for more information about request parameters.";
    private const int MaxShown = 100;

    private readonly IQueryCollection _query;
    private readonly JsonElement _body;

    public MlflowArguments(IQueryCollection query) => _query = query;

    private MlflowArguments(IQueryCollection query, JsonElement body)
        : this(query) => _body = body;

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

    /// <summary>Whether something was given under a name, be it empty.</summary>
    public bool Has(string name) => Element(name) is not null || _query.ContainsKey(name);

    /// <summary>A text, or null where it is absent.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is no JSON string.</exception>
    public string? Text(string name) =>
        Element(name) is { } element
            ? element.ValueKind == JsonValueKind.String
                ? element.GetString()
                : throw Wrong(name, element)
            : Queried(name);

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is absent or empty, or no text.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    /// <summary>A name of an enumeration, or its number, as text; or null.</summary>
    public string? Name(string name) => Element(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(name);

    /// <summary>A flag; null where it is absent.</summary>
    public bool? Flag(string name) =>
        Element(name) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } other => throw Wrong(name, other),
            null => Queried(name) switch
            {
                null or "" => null,
                "true" or "True" or "1" => true,
                "false" or "False" or "0" => false,
                var text => throw Wrong(name, text),
            },
        };

    /// <summary>The run of a call, by either of the names that it has had.</summary>
    public string RunId =>
        Text("run_id") is { Length: > 0 } id ? id
        : Text("run_uuid") is { Length: > 0 } old ? old
        : throw Missing("run_id");

    public long? Number(string name) =>
        NumberText(name) is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 9e18 ? (long)number
        : throw Wrong(name);

    /// <summary>Milliseconds since 1970, or null where they are absent.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a time outside of the years 1 to 9999.</exception>
    public long? Time(string name) =>
        Number(name) is not { } time ? null
        : RunTimes.IsDate(time) ? time
        : throw StatusException.InvalidArgument(
            $"Invalid value {time} for parameter '{name}' supplied: it must be milliseconds since 1970, in the years 1 to 9999. {Hint}"
        );

    /// <exception cref="StatusException">INVALID_ARGUMENT where it is absent or no number.</exception>
    public long RequiredNumber(string name) => Number(name) ?? throw Missing(name);

    public double RequiredDouble(string name) =>
        NumberText(name) is { Length: > 0 } text
            ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Wrong(name)
            : throw Missing(name);

    /// <summary>A list of texts; empty where it is absent.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Element(name) is { } element
            ?
            [
                .. Items(element, name)
                    .Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, element)),
            ]
        : _query.TryGetValue(name, out var values) ? [.. values.Select(static value => value ?? "")]
        : [];

    /// <summary>A list of objects; empty where it is absent.</summary>
    public IReadOnlyList<MlflowArguments> Objects(string name) =>
        Element(name) is { } element
            ?
            [
                .. Items(element, name)
                    .Select(item =>
                        item.ValueKind == JsonValueKind.Object
                            ? new MlflowArguments(QueryCollection.Empty, item)
                            : throw Wrong(name, element)
                    ),
            ]
            : [];

    /// <summary>An object, or null.</summary>
    public MlflowArguments? Object(string name) =>
        Element(name) switch
        {
            { ValueKind: JsonValueKind.Object } element => new MlflowArguments(QueryCollection.Empty, element),
            { } other => throw Wrong(name, other),
            null => null,
        };

    /// <summary>A list of <c>{"key": …, "value": …}</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string name) =>
        [.. Objects(name).Select(static pair => KeyValuePair.Create(pair.Required("key"), pair.Text("value") ?? ""))];

    public JsonElement? Element(string name) =>
        _body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null
            ? element
            : null;

    public static StatusException Missing(string name) =>
        StatusException.InvalidArgument($"Missing value for required parameter '{name}'. {Hint}");

    /// <summary>What is said of a value of another type than the parameter's.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="json">The value, as JSON.</param>
    /// <param name="type">Its type, in Python's words.</param>
    public static StatusException Invalid(string name, string json, string type) =>
        StatusException.InvalidArgument(
            $"Invalid value {(json.Length > MaxShown ? Characters.Cut(json, MaxShown) + "…" : json)} for parameter '{name}' supplied: Hint: Value was of type '{type}'. {Hint}"
        );

    private string? Queried(string name) => _query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    private string? NumberText(string name) =>
        Element(name) is { } element
            ? element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                _ => throw Wrong(name, element),
            }
            : Queried(name);

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Wrong(name, element);

    private StatusException Wrong(string name) => Element(name) is { } element ? Wrong(name, element) : Wrong(name, Queried(name) ?? "");

    private static StatusException Wrong(string name, string text) => Invalid(name, $"\"{text}\"", "str");

    private static StatusException Wrong(string name, JsonElement element) =>
        Invalid(
            name,
            element.GetRawText(),
            element.ValueKind switch
            {
                JsonValueKind.String => "str",
                JsonValueKind.Number => element.TryGetInt64(out _) ? "int" : "float",
                JsonValueKind.True or JsonValueKind.False => "bool",
                JsonValueKind.Array => "list",
                _ => "dict",
            }
        );
}
