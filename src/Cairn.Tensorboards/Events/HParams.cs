using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tensorboards.Events;

/// <summary>
/// Hyperparameters as the hparams plugin keeps them: <c>HParamsPluginData</c> (session_start_info = 3), whose <c>SessionStartInfo</c> has
/// the map hparams = 1 of names to <c>google.protobuf.Value</c>.
/// </summary>
public static class HParams
{
    private const int MaxParameters = 1_000;

    private const uint StartInfoField = (3 << 3) | WireReader.Bytes;
    private const uint MapField = (1 << 3) | WireReader.Bytes;
    private const uint KeyField = (1 << 3) | WireReader.Bytes;
    private const uint ValueField = (2 << 3) | WireReader.Bytes;

    /// <summary>The parameters that a session was started with; none where the plugin's data are something else.</summary>
    public static IReadOnlyList<(string Key, string Value, bool IsNumber)> Parse(ReadOnlySpan<byte> pluginData)
    {
        var found = new List<(string, string, bool)>();
        var reader = new WireReader(pluginData);
        while (!reader.AtEnd && reader.TryKey(out var key))
        {
            if (key == StartInfoField && reader.TryBytes(out var info))
            {
                ReadMap(info, found);
            }
            else if (key == StartInfoField || !reader.TrySkip(key))
            {
                break;
            }
        }

        return found;
    }

    private static void ReadMap(ReadOnlySpan<byte> info, List<(string Key, string Value, bool IsNumber)> to)
    {
        var reader = new WireReader(info);
        while (!reader.AtEnd && reader.TryKey(out var key))
        {
            if (key == MapField && reader.TryBytes(out var entry))
            {
                if (to.Count < MaxParameters && ReadEntry(entry) is { } parameter)
                {
                    to.Add(parameter);
                }
            }
            else if (key == MapField || !reader.TrySkip(key))
            {
                return;
            }
        }
    }

    private static (string Key, string Value, bool IsNumber)? ReadEntry(ReadOnlySpan<byte> entry)
    {
        var name = "";
        Value? value = null;
        var reader = new WireReader(entry);
        while (!reader.AtEnd && reader.TryKey(out var key))
        {
            switch (key)
            {
                case KeyField when reader.TryBytes(out var bytes):
                    name = Encoding.UTF8.GetString(bytes);
                    break;
                case ValueField when reader.TryBytes(out var bytes):
                    value = ParseValue(bytes);
                    break;
                default:
                    if (key is KeyField or ValueField || !reader.TrySkip(key))
                    {
                        return null;
                    }

                    break;
            }
        }

        return name.Length == 0
            ? null
            : value?.KindCase switch
            {
                Value.KindOneofCase.NumberValue => (name, value.NumberValue.ToString("R", CultureInfo.InvariantCulture), true),
                Value.KindOneofCase.StringValue => (name, value.StringValue, false),
                Value.KindOneofCase.BoolValue => (name, value.BoolValue ? "true" : "false", false),
                _ => null,
            };
    }

    private static Value? ParseValue(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Value.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
