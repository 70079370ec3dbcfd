using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Tests.Rpc;

/// <summary>Messages of any type with fields set at random, defaults and edges among the values.</summary>
internal sealed class RandomMessages(Random random)
{
    private const int MaxDepth = 3;

    private static readonly string[] Texts =
    [
        "",
        "a",
        "snow ☃ 💧",
        "quote \" back \\ line \n tab \t",
        "</script>&",
        "\u0001\u001f",
        "projects/p/locations/l",
    ];
    private static readonly double[] Numbers =
    [
        0,
        1,
        -1,
        0.1,
        1e300,
        -1e-300,
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        1.0 / 3,
        123456789.125,
    ];
    private static readonly long[] Integers = [0, 1, -1, 127, 128, -129, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    public IMessage Make(MessageDescriptor descriptor, int depth = 0)
    {
        switch (descriptor.FullName)
        {
            case "google.protobuf.Timestamp":
                return new Timestamp { Seconds = random.NextInt64(-62_135_596_800, 253_402_300_800), Nanos = Nanos() };
            case "google.protobuf.Duration":
                var sign = random.Next(2) == 0 ? 1 : -1;
                return new Duration { Seconds = sign * random.NextInt64(0, 315_576_000_001), Nanos = sign * Nanos() };
            case "google.protobuf.FieldMask":
                return new FieldMask
                {
                    Paths = { Enumerable.Range(0, random.Next(3)).Select(i => $"display_name.part_{(char)('a' + i)}") },
                };
            case "google.protobuf.Any":
                return Any.Pack(
                    random.Next(2) == 0 ? new Google.Rpc.LocalizedMessage { Locale = "en", Message = Text() } : new Duration { Seconds = 3 }
                );
            case "google.protobuf.Value":
                return MakeValue(depth);
            case "google.protobuf.Struct":
                return MakeStruct(depth);
        }

        var message = (IMessage)System.Activator.CreateInstance(descriptor.ClrType)!;
        foreach (var field in descriptor.Fields.InFieldNumberOrder())
        {
            if (random.Next(3) != 0 || (IsNested(field) && depth >= MaxDepth))
            {
                continue;
            }

            if (field.IsMap)
            {
                var map = (IDictionary)field.Accessor.GetValue(message);
                for (var i = random.Next(1, 3); i > 0; i--)
                {
                    map[Scalar(field.MessageType.FindFieldByNumber(1), depth)] = Scalar(field.MessageType.FindFieldByNumber(2), depth + 1);
                }
            }
            else if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var i = random.Next(1, 4); i > 0; i--)
                {
                    list.Add(Scalar(field, depth + 1));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Scalar(field, depth + 1));
            }
        }

        return message;
    }

    private static bool IsNested(FieldDescriptor field) => field.FieldType == FieldType.Message;

    private int Nanos() =>
        random.Next(4) switch
        {
            0 => 0,
            1 => random.Next(1000) * 1_000_000,
            2 => random.Next(1_000_000) * 1000,
            _ => random.Next(1_000_000_000),
        };

    private string Text() => Texts[random.Next(Texts.Length)];

    private long Integer() => Integers[random.Next(Integers.Length)];

    private double Number() => Numbers[random.Next(Numbers.Length)];

    private Value MakeValue(int depth) =>
        random.Next(depth >= MaxDepth ? 4 : 6) switch
        {
            0 => Value.ForNull(),
            1 => Value.ForBool(random.Next(2) == 0),
            2 => Value.ForNumber(double.IsFinite(Number()) ? 0.5 : 7),
            3 => Value.ForString(Text()),
            4 => Value.ForStruct(MakeStruct(depth + 1)),
            _ => Value.ForList([.. Enumerable.Range(0, random.Next(3)).Select(_ => MakeValue(depth + 1))]),
        };

    private Struct MakeStruct(int depth)
    {
        var made = new Struct();
        for (var i = random.Next(3); i > 0; i--)
        {
            made.Fields[$"{Text()}{i}"] = MakeValue(depth + 1);
        }

        return made;
    }

    private object Scalar(FieldDescriptor field, int depth) =>
        field.FieldType switch
        {
            // Wrapped scalars are properties of the scalar's own type.
            FieldType.Message when field.MessageType.File.Name == "google/protobuf/wrappers.proto" => Scalar(
                field.MessageType.FindFieldByNumber(1),
                depth
            ),
            FieldType.Message => Make(field.MessageType, depth),
            FieldType.String => Text(),
            FieldType.Bytes => ByteString.CopyFromUtf8(Text()),
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Double => Number(),
            FieldType.Float => (float)Number(),
            FieldType.Enum => System.Enum.ToObject(
                field.EnumType.ClrType,
                random.Next(4) == 0 ? 9_999 : field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number
            ),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)Integer(),
            FieldType.UInt32 or FieldType.Fixed32 => (uint)Integer(),
            FieldType.UInt64 or FieldType.Fixed64 => (ulong)Integer(),
            _ => Integer(),
        };
}
