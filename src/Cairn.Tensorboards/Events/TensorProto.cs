using System.Buffers.Binary;

namespace Cairn.Tensorboards.Events;

/// <summary>
/// What is needed of <c>tensorflow.TensorProto</c> (<c>tensor.proto</c>, <c>types.proto</c>): single numbers, and lists of byte strings.
/// </summary>
public static class TensorProto
{
    private const uint TypeField = (1 << 3) | WireReader.Varint;
    private const uint ContentField = (4 << 3) | WireReader.Bytes;
    private const uint StringField = (8 << 3) | WireReader.Bytes;

    private const ulong Float = 1;
    private const ulong Double = 2;
    private const ulong Int32 = 3;
    private const ulong UInt8 = 4;
    private const ulong Int16 = 5;
    private const ulong Int8 = 6;
    private const ulong Text = 7;
    private const ulong Int64 = 9;
    private const ulong Bool = 10;
    private const ulong BFloat16 = 14;
    private const ulong UInt16 = 17;
    private const ulong Half = 19;
    private const ulong UInt32 = 22;
    private const ulong UInt64 = 23;

    // float_val = 5, double_val = 6, int_val = 7, int64_val = 10, bool_val = 11, half_val = 13, uint32_val = 16, uint64_val = 17; packed or
    // not.
    private const int FloatValues = 5;
    private const int DoubleValues = 6;
    private const int IntValues = 7;
    private const int Int64Values = 10;
    private const int BoolValues = 11;
    private const int HalfValues = 13;
    private const int UInt32Values = 16;
    private const int UInt64Values = 17;

    /// <summary>The first number of a tensor of any numeric type; false where it has none.</summary>
    public static bool TryScalar(ReadOnlySpan<byte> tensor, out double value)
    {
        value = 0;
        ulong type = 0;
        var reader = new WireReader(tensor);
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return false;
            }

            ReadOnlySpan<byte> bytes;
            switch (key)
            {
                case TypeField when reader.TryVarint(out type):
                    break;
                case ContentField when reader.TryBytes(out bytes):
                    if (bytes.Length > 0)
                    {
                        return TryContent(type, bytes, out value);
                    }

                    break;
                case TypeField or ContentField:
                    return false;
                default:
                    if (IsNumber((int)(key >> 3)))
                    {
                        if ((key & 7) != WireReader.Bytes)
                        {
                            return TryElement(ref reader, key, type, out value);
                        }

                        if (!reader.TryBytes(out bytes))
                        {
                            return false;
                        }

                        var packed = new WireReader(bytes);
                        return TryElement(ref packed, key, type, out value);
                    }

                    if (!reader.TrySkip(key))
                    {
                        return false;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>The byte strings of a tensor of strings, in order; null where it is no such tensor.</summary>
    public static List<byte[]>? Strings(ReadOnlySpan<byte> tensor)
    {
        var strings = new List<byte[]>();
        ulong type = 0;
        var reader = new WireReader(tensor);
        while (!reader.AtEnd)
        {
            if (!reader.TryKey(out var key))
            {
                return null;
            }

            if (key == TypeField)
            {
                if (!reader.TryVarint(out type))
                {
                    return null;
                }
            }
            else if (key == StringField)
            {
                if (!reader.TryBytes(out var value))
                {
                    return null;
                }

                strings.Add(value.ToArray());
            }
            else if (!reader.TrySkip(key))
            {
                return null;
            }
        }

        return type == Text ? strings : null;
    }

    private static bool IsNumber(int field) =>
        field is FloatValues or DoubleValues or IntValues or Int64Values or BoolValues or HalfValues or UInt32Values or UInt64Values;

    private static bool TryElement(ref WireReader reader, uint key, ulong type, out double value)
    {
        value = 0;
        switch ((int)(key >> 3))
        {
            case FloatValues when reader.TryFixed32(out var bits):
                value = BitConverter.UInt32BitsToSingle(bits);
                return true;
            case DoubleValues when reader.TryFixed64(out var bits):
                value = BitConverter.UInt64BitsToDouble(bits);
                return true;
            case FloatValues or DoubleValues:
                return false;
        }

        if (!reader.TryVarint(out var number))
        {
            return false;
        }

        value = (int)(key >> 3) switch
        {
            HalfValues => type == BFloat16
                ? BitConverter.UInt32BitsToSingle((uint)number << 16)
                : (double)BitConverter.UInt16BitsToHalf((ushort)number),
            UInt32Values or UInt64Values => number,
            BoolValues => number != 0 ? 1 : 0,
            _ => (long)number,
        };
        return true;
    }

    private static bool TryContent(ulong type, ReadOnlySpan<byte> bytes, out double value)
    {
        var size = type switch
        {
            Double or Int64 or UInt64 => 8,
            Float or Int32 or UInt32 => 4,
            Half or BFloat16 or Int16 or UInt16 => 2,
            UInt8 or Int8 or Bool => 1,
            _ => int.MaxValue,
        };
        value = 0;
        if (bytes.Length < size)
        {
            return false;
        }

        value = type switch
        {
            Float => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            Double => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            Half => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            BFloat16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
            Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            Int8 => (sbyte)bytes[0],
            _ => bytes[0],
        };
        return true;
    }
}
