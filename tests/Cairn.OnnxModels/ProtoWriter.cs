using Google.Protobuf;

namespace Cairn.OnnxModels;

/// <summary>Protobuf's wire format, field by field.</summary>
internal sealed class ProtoWriter(CodedOutputStream output)
{
    public static byte[] Write(Action<ProtoWriter> fields)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        fields(new ProtoWriter(output));
        output.Flush();
        return stream.ToArray();
    }

    public ProtoWriter Int(int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
        return this;
    }

    public ProtoWriter Float(int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
        return this;
    }

    public ProtoWriter Text(int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        return this;
    }

    public ProtoWriter Bytes(int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
        return this;
    }

    public ProtoWriter Message(int field, Action<ProtoWriter> fields) => Bytes(field, Write(fields));

    public ProtoWriter Ints(int field, IEnumerable<long> values)
    {
        foreach (var value in values)
        {
            Int(field, value);
        }

        return this;
    }

    public ProtoWriter Floats(int field, IEnumerable<float> values)
    {
        foreach (var value in values)
        {
            Float(field, value);
        }

        return this;
    }
}
