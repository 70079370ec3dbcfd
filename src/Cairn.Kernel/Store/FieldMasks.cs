using Cairn.Kernel.Errors;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store;

/// <summary>Partial updates as AIP-134 describes them.</summary>
public static class FieldMasks
{
    /// <summary>
    /// Returns a copy of <paramref name="stored"/> with the masked fields of <paramref name="change"/>. Without a mask, every field that
    /// the change sets is taken;
    /// <c>*</c> takes all. Paths may be in either spelling and may name a map's key (<c>labels.env</c>). Output-only fields are passed
    /// over; <c>name</c> stays.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming a path that leads nowhere.</exception>
    public static T Apply<T>(T stored, T change, FieldMask? mask)
        where T : class, IMessage<T>
    {
        var result = stored.Clone();
        var descriptor = result.Descriptor;
        if (mask is null || mask.Paths.Count == 0)
        {
            foreach (var field in descriptor.Fields.InDeclarationOrder().Where(field => IsSet(field, change)))
            {
                Copy(field, change, result);
            }

            return result;
        }

        if (mask.Paths is ["*"])
        {
            foreach (var field in descriptor.Fields.InDeclarationOrder())
            {
                Copy(field, change, result);
            }

            return result;
        }

        foreach (var path in mask.Paths)
        {
            Apply(path, path.Split('.'), 0, change, result);
        }

        return result;
    }

    private static void Apply(string path, string[] segments, int at, IMessage change, IMessage result)
    {
        var field =
            Find(change.Descriptor, segments[at])
            ?? throw StatusException.InvalidArgument(
                $"`update_mask` has '{path}': {change.Descriptor.Name} has no field '{segments[at]}'."
            );
        if (at == segments.Length - 1)
        {
            Copy(field, change, result);
            return;
        }

        if (field.IsMap && at == segments.Length - 2)
        {
            var source = (System.Collections.IDictionary)field.Accessor.GetValue(change);
            var target = (System.Collections.IDictionary)field.Accessor.GetValue(result);
            var key = segments[at + 1];
            if (source.Contains(key))
            {
                target[key] = source[key];
            }
            else
            {
                target.Remove(key);
            }

            return;
        }

        if (field.IsRepeated || field.FieldType != FieldType.Message)
        {
            throw StatusException.InvalidArgument(
                $"`update_mask` has '{path}': '{segments[at]}' is not a message and has no parts to update."
            );
        }

        var from = (IMessage?)field.Accessor.GetValue(change) ?? field.MessageType.Parser.ParseFrom(ByteString.Empty);
        var to = (IMessage?)field.Accessor.GetValue(result);
        if (to is null)
        {
            to = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            field.Accessor.SetValue(result, to);
        }

        Apply(path, segments, at + 1, from, to);
    }

    private static void Copy(FieldDescriptor field, IMessage change, IMessage result)
    {
        if (field.Name == "name" || IsOutputOnly(field))
        {
            return;
        }

        if (field.IsMap)
        {
            var target = (System.Collections.IDictionary)field.Accessor.GetValue(result);
            target.Clear();
            foreach (System.Collections.DictionaryEntry entry in (System.Collections.IDictionary)field.Accessor.GetValue(change))
            {
                target[entry.Key] = entry.Value;
            }
        }
        else if (field.IsRepeated)
        {
            var target = (System.Collections.IList)field.Accessor.GetValue(result);
            target.Clear();
            foreach (var item in (System.Collections.IList)field.Accessor.GetValue(change))
            {
                target.Add(item);
            }
        }
        else if (field.HasPresence && !field.Accessor.HasValue(change))
        {
            field.Accessor.Clear(result);
        }
        else
        {
            field.Accessor.SetValue(result, field.Accessor.GetValue(change));
        }
    }

    private static bool IsSet(FieldDescriptor field, IMessage message)
    {
        if (field.IsRepeated)
        {
            return ((System.Collections.ICollection)field.Accessor.GetValue(message)).Count > 0;
        }

        if (field.HasPresence)
        {
            return field.Accessor.HasValue(message);
        }

        var value = field.Accessor.GetValue(message);
        return value is not (string { Length: 0 } or 0 or 0L or false or 0d or 0f or 0u or 0ul or ByteString { Length: 0 })
            && !(field.FieldType == FieldType.Enum && Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) == 0);
    }

    private static bool IsOutputOnly(FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior) is { } behaviors
        && behaviors.Contains(FieldBehavior.OutputOnly);

    private static FieldDescriptor? Find(MessageDescriptor message, string name) =>
        message.FindFieldByName(name) ?? message.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name);
}
