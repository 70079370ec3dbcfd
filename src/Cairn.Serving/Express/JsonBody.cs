using System.Text.Json;
using System.Text.Unicode;

namespace Cairn.Serving.Express;

/// <summary>
/// Looks through JSON that is passed on as it is: what the receiver gets is JSON, is UTF-8 throughout, is not nested too deeply, and has no
/// number that is more than a double holds.
/// </summary>
internal static class JsonBody
{
    private const int MaxDepth = 100;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>
    /// Whether a body is an object with a list <c>instances</c> of one entry to <paramref name="most"/> and perhaps <c>parameters</c>, and
    /// nothing else. What is not is left to those who say what is wrong with it.
    /// </summary>
    public static bool IsRequest(ReadOnlySpan<byte> body, int most)
    {
        if (!Utf8.IsValid(body))
        {
            return false;
        }

        var reader = new Utf8JsonReader(body, Options);
        try
        {
            var (instances, parameters) = (0, false);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("instances"u8) && instances == 0)
                {
                    reader.Read();
                    instances = reader.TokenType == JsonTokenType.StartArray ? Items(ref reader) : 0;
                    if (instances == 0 || instances > most)
                    {
                        return false;
                    }
                }
                else if (reader.ValueTextEquals("parameters"u8) && !parameters)
                {
                    reader.Read();
                    parameters = Check(ref reader);
                }
                else
                {
                    return false;
                }
            }

            return instances > 0 && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The list <c>predictions</c> of a reply, or nothing where it is not of that form.</summary>
    public static ReadOnlyMemory<byte> Predictions(ReadOnlyMemory<byte> reply)
    {
        if (!Utf8.IsValid(reply.Span))
        {
            return default;
        }

        var reader = new Utf8JsonReader(reply.Span, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("predictions"u8);
                reader.Read();
                if (found && reader.TokenType == JsonTokenType.StartArray)
                {
                    var start = (int)reader.TokenStartIndex;
                    Items(ref reader);
                    return reply[start..(int)reader.BytesConsumed];
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { }

        return default;
    }

    /// <summary>How many entries the list has that the reader stands on.</summary>
    private static int Items(ref Utf8JsonReader reader)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            Check(ref reader);
        }

        return count;
    }

    /// <summary>Goes to the end of the value that the reader stands on.</summary>
    private static bool Check(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (true)
        {
            switch (reader.TokenType)
            {
                // No number of fewer characters is more than a double holds.
                case JsonTokenType.Number
                    when reader.ValueSpan.Length >= 5
                        && (reader.ValueSpan.Length > 300 || reader.ValueSpan.ContainsAny((byte)'e', (byte)'E')):
                    if (!double.IsFinite(reader.GetDouble()))
                    {
                        throw new JsonException();
                    }

                    break;

                // Only what is escaped can be half of a surrogate pair: to read it is to find that.
                case JsonTokenType.String
                or JsonTokenType.PropertyName when reader.ValueIsEscaped:
                    reader.GetString();
                    break;
            }

            if (
                reader.CurrentDepth == depth
                && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName)
            )
            {
                return true;
            }

            if (!reader.Read())
            {
                throw new JsonException();
            }
        }
    }
}
