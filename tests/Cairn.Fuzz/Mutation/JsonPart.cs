using System.Text;
using System.Text.Json;

namespace Cairn.Fuzz.Mutation;

/// <summary>
/// JSON as it is written, so that it can also be written wrongly: values are kept as their text, and an object may have a member twice.
/// </summary>
internal sealed class JsonPart
{
    /// <summary>The text of a value that has no parts; null for objects and arrays.</summary>
    public string? Token { get; set; }

    /// <summary>The members of an object, each with its name in quotes; the elements of an array have none.</summary>
    public List<(string? Name, JsonPart Value)> Parts { get; } = [];

    public bool IsObject { get; private init; }

    public static JsonPart Of(string token) => new() { Token = token };

    /// <summary>Null where the text is no JSON, or one with a name that is no text.</summary>
    public static JsonPart? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.ToArray());
            return Of(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>This part and all below it, in order.</summary>
    public IEnumerable<JsonPart> All() => Parts.SelectMany(static part => part.Value.All()).Prepend(this);

    public JsonPart Copy()
    {
        var copy = new JsonPart { Token = Token, IsObject = IsObject };
        copy.Parts.AddRange(Parts.Select(static part => (part.Name, part.Value.Copy())));
        return copy;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    private static JsonPart Of(JsonElement element)
    {
        var part = new JsonPart
        {
            IsObject = element.ValueKind == JsonValueKind.Object,
            Token = element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? null : element.GetRawText(),
        };
        if (element.ValueKind == JsonValueKind.Object)
        {
            part.Parts.AddRange(
                element.EnumerateObject().Select(static member => ((string?)JsonSerializer.Serialize(member.Name), Of(member.Value)))
            );
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            part.Parts.AddRange(element.EnumerateArray().Select(static item => ((string?)null, Of(item))));
        }

        return part;
    }

    private void Write(StringBuilder text)
    {
        if (Token is not null)
        {
            text.Append(Token);
            return;
        }

        text.Append(IsObject ? '{' : '[');
        for (var i = 0; i < Parts.Count; i++)
        {
            text.Append(i > 0 ? "," : "").Append(Parts[i].Name).Append(Parts[i].Name is null ? "" : ":");
            Parts[i].Value.Write(text);
        }

        text.Append(IsObject ? '}' : ']');
    }
}
