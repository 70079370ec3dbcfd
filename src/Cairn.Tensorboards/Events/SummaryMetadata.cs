using System.Text;

namespace Cairn.Tensorboards.Events;

/// <summary><c>tensorflow.SummaryMetadata</c> (<c>summary.proto</c>).</summary>
internal sealed record SummaryMetadata(string PluginName, byte[] PluginData, string DisplayName, string Description, DataClass DataClass)
{
    // The fields' numbers, with the wire type in the lowest three bits.
    private const uint PluginDataField = (1 << 3) | WireReader.Bytes;
    private const uint DisplayNameField = (2 << 3) | WireReader.Bytes;
    private const uint DescriptionField = (3 << 3) | WireReader.Bytes;
    private const uint DataClassField = (4 << 3) | WireReader.Varint;
    private const uint PluginNameField = (1 << 3) | WireReader.Bytes;
    private const uint PluginContentField = (2 << 3) | WireReader.Bytes;

    public static bool TryParse(ReadOnlySpan<byte> bytes, out SummaryMetadata metadata)
    {
        metadata = new SummaryMetadata("", [], "", "", DataClass.Unknown);
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return false;
            }

            ReadOnlySpan<byte> value;
            switch (key)
            {
                case PluginDataField when reader.TryBytes(out value) && TryPlugin(value, ref metadata):
                    break;
                case DisplayNameField when reader.TryBytes(out value):
                    metadata = metadata with { DisplayName = Encoding.UTF8.GetString(value) };
                    break;
                case DescriptionField when reader.TryBytes(out value):
                    metadata = metadata with { Description = Encoding.UTF8.GetString(value) };
                    break;
                case DataClassField when reader.TryVarint(out var number):
                    metadata = metadata with { DataClass = number <= 3 ? (DataClass)number : DataClass.Unknown };
                    break;
                case PluginDataField or DisplayNameField or DescriptionField or DataClassField:
                    return false;
                default:
                    if (!reader.TrySkip(key))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    private static bool TryPlugin(ReadOnlySpan<byte> bytes, ref SummaryMetadata metadata)
    {
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return false;
            }

            if (key is PluginNameField or PluginContentField)
            {
                if (!reader.TryBytes(out var value))
                {
                    return false;
                }

                metadata =
                    key == PluginNameField
                        ? metadata with
                        {
                            PluginName = Encoding.UTF8.GetString(value),
                        }
                        : metadata with
                        {
                            PluginData = value.ToArray(),
                        };
            }
            else if (!reader.TrySkip(key))
            {
                return false;
            }
        }

        return true;
    }
}
