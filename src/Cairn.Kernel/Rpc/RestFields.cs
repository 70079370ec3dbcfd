using System.Collections;
using System.Globalization;
using Cairn.Kernel.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Sets fields of a request from path variables and query parameters, as <c>google/api/http.proto</c> describes their mapping.
/// </summary>
internal static class RestFields
{
    /// <summary>Sets the field at a dotted path, in either spelling; a repeated field is appended to.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming the parameter.</exception>
    public static void Set(IMessage message, string path, string text)
    {
        var target = message;
        var segments = path.Split('.');
        for (var i = 0; i < segments.Length; i++)
        {
            var field =
                Find(target.Descriptor, segments[i])
                ?? throw StatusException.InvalidArgument(
                    $"The parameter '{path}' is unknown: {target.Descriptor.Name} has no field '{segments[i]}'."
                );
            if (i == segments.Length - 1)
            {
                SetField(target, field, path, text);
                return;
            }

            if (field.IsMap && i == segments.Length - 2 && field.MessageType.FindFieldByNumber(2).FieldType == FieldType.String)
            {
                ((IDictionary)field.Accessor.GetValue(target))[segments[i + 1]] = text;
                return;
            }

            if (field.FieldType != FieldType.Message || field.IsRepeated)
            {
                throw StatusException.InvalidArgument($"The parameter '{path}' is unknown: '{segments[i]}' has no parts.");
            }

            var next = (IMessage?)field.Accessor.GetValue(target);
            if (next is null)
            {
                next = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                field.Accessor.SetValue(target, next);
            }

            target = next;
        }
    }

    public static FieldDescriptor? Find(MessageDescriptor message, string name)
    {
        if (message.FindFieldByName(name) is { } field)
        {
            return field;
        }

        foreach (var candidate in message.Fields.InDeclarationOrder())
        {
            if (candidate.JsonName == name)
            {
                return candidate;
            }
        }

        return null;
    }

    private static void SetField(IMessage target, FieldDescriptor field, string path, string text)
    {
        object value;
        try
        {
            value = Convert(field, text);
        }
        catch (Exception error)
            when (error
                    is FormatException
                        or OverflowException
                        or InvalidProtocolBufferException
                        or InvalidJsonException
                        or InvalidOperationException
            )
        {
            throw StatusException.InvalidArgument(
                $"The parameter '{path}' is '{text}', which is not a valid {field.FieldType.ToString().ToLowerInvariant()}."
            );
        }

        if (field.IsMap)
        {
            throw StatusException.InvalidArgument($"The parameter '{path}' is a map and cannot be given in the address.");
        }

        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(target)).Add(value);
        }
        else
        {
            field.Accessor.SetValue(target, value);
        }
    }

    private static object Convert(FieldDescriptor field, string text) =>
        field.FieldType switch
        {
            FieldType.String => text,
            FieldType.Bool => text switch
            {
                "true" or "1" or "True" => true,
                "false" or "0" or "False" => false,
                _ => throw new FormatException(),
            },
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => int.Parse(
                text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture
            ),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => long.Parse(
                text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture
            ),
            FieldType.UInt32 or FieldType.Fixed32 => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
            FieldType.UInt64 or FieldType.Fixed64 => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
            FieldType.Float => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            FieldType.Double => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            FieldType.Bytes => ByteString.FromBase64(text.Replace('-', '+').Replace('_', '/')),
            FieldType.Enum => Enum(field.EnumType, text),
            FieldType.Message when field.MessageType.FullName == FieldMask.Descriptor.FullName => Mask(text),
            // The other messages that have a JSON string form: timestamps, durations, wrappers.
            FieldType.Message => field.MessageType.Parser.ParseJson(
                IsPlain(field.MessageType) ? text : System.Text.Json.JsonSerializer.Serialize(text)
            ),
            _ => throw new FormatException(),
        };

    private static bool IsPlain(MessageDescriptor message) =>
        message.FullName
            is "google.protobuf.BoolValue"
                or "google.protobuf.Int32Value"
                or "google.protobuf.DoubleValue"
                or "google.protobuf.FloatValue"
                or "google.protobuf.UInt32Value";

    private static object Enum(EnumDescriptor type, string text)
    {
        var number = type.FindValueByName(text)?.Number ?? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return System.Enum.ToObject(type.ClrType, number);
    }

    /// <summary>Masks travel as lowerCamelCase, and in practice in either spelling; they are kept as proto names.</summary>
    private static FieldMask Mask(string text)
    {
        var mask = new FieldMask();
        foreach (var path in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            mask.Paths.Add(path);
        }

        return mask;
    }
}
