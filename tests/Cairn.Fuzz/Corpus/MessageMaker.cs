using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;

namespace Cairn.Fuzz.Corpus;

/// <summary>Makes requests from their descriptors: every kind of field, with names of things that exist.</summary>
internal sealed class MessageMaker(Names names)
{
    private const int MaxDepth = 6;

    /// <summary>What the options of fields say: to ask a descriptor for them is to copy them.</summary>
    private static readonly ConcurrentDictionary<FieldDescriptor, (bool Required, ResourceReference? Reference)> Facts = new();

    public JsonObject Make(MessageDescriptor type, Random random, int depth = 0)
    {
        var made = new JsonObject();
        var chosen = type.Oneofs.ToDictionary(static oneof => oneof, oneof => oneof.Fields[random.Next(oneof.Fields.Count)]);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var required = Facts.GetOrAdd(field, Read).Required;
            var likely =
                required ? 0.97
                : depth == 0 ? 0.5
                : 0.3 / depth;
            if (depth > MaxDepth || random.NextDouble() >= likely || (field.ContainingOneof is { } oneof && chosen[oneof] != field))
            {
                continue;
            }

            made[field.JsonName] =
                field.IsMap ? Map(field, random, depth)
                : field.IsRepeated ? new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Value(field, random, depth))])
                : Value(field, random, depth);
        }

        return made;
    }

    private static (bool Required, ResourceReference? Reference) Read(FieldDescriptor field)
    {
        var options = field.GetOptions();
        return (
            options?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(FieldBehavior.Required) == true,
            options?.GetExtension(ResourceExtensions.ResourceReference)
        );
    }

    private JsonObject Map(FieldDescriptor field, Random random, int depth)
    {
        var map = new JsonObject();
        for (var i = random.Next(3); i > 0; i--)
        {
            map[field.MessageType.FindFieldByNumber(1).FieldType == FieldType.String ? $"k{i}" : $"{i}"] = Value(
                field.MessageType.FindFieldByNumber(2),
                random,
                depth
            );
        }

        return map;
    }

    private JsonNode? Value(FieldDescriptor field, Random random, int depth) =>
        field.FieldType switch
        {
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Float or FieldType.Double => random.Next(4) == 0 ? random.Next(100) : random.NextDouble(),
            FieldType.Bytes => "aGVsbG8=",
            FieldType.Enum => field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Name,
            FieldType.String => Text(field, random),
            FieldType.Message or FieldType.Group => Message(field.MessageType, random, depth),
            _ => random.Next(12),
        };

    private JsonNode? Message(MessageDescriptor type, Random random, int depth) =>
        type.FullName switch
        {
            "google.protobuf.Timestamp" => "2026-01-02T03:04:05.678Z",
            "google.protobuf.Duration" => "1.5s",
            "google.protobuf.FieldMask" => Words.Pick(random, "displayName", "labels,description", "*", "metadata"),
            "google.protobuf.Struct" => new JsonObject
            {
                ["a"] = 1,
                ["b"] = new JsonObject { ["c"] = new JsonArray(1, "x", null) },
            },
            "google.protobuf.Value" => random.Next(4) switch
            {
                0 => JsonValue.Create(1.5),
                1 => "text",
                2 => new JsonArray(1, 2),
                _ => new JsonObject { ["a"] = 1 },
            },
            "google.protobuf.ListValue" => new JsonArray(1, "x"),
            "google.protobuf.Any" => new JsonObject { ["@type"] = "type.googleapis.com/google.protobuf.Duration", ["value"] = "1s" },
            "google.protobuf.BoolValue" => true,
            "google.protobuf.StringValue" or "google.protobuf.BytesValue" => "aGVsbG8=",
            ['g', 'o', 'o', 'g', 'l', 'e', '.', 'p', 'r', 'o', 't', 'o', 'b', 'u', 'f', '.', .., 'V', 'a', 'l', 'u', 'e'] => random.Next(
                12
            ),
            _ => Make(type, random, depth + 1),
        };

    private string Text(FieldDescriptor field, Random random)
    {
        var reference = Facts.GetOrAdd(field, Read).Reference;
        if (reference is not null && random.Next(10) > 0)
        {
            var type = reference.Type.Length > 0 ? reference.Type : reference.ChildType;
            var word = type[(type.LastIndexOf('/') + 1)..];
            var own = names.Values.Where(value => value.Contains("/" + word, StringComparison.OrdinalIgnoreCase)).ToList();
            return reference.Type.Length == 0 || word is "Location" ? names.Location
                : own.Count > 0 ? own[random.Next(own.Count)]
                : names.Location;
        }

        return field.Name switch
        {
            "parent" => random.Next(3) > 0 ? names.Location : Words.Pick(random, names.Values),
            "name" or "resource_names" => Words.Pick(random, names.Values),
            "filter" => random.Next(3) == 0 ? Words.Pick(random, Words.Filters) : FilterMaker.Make(random),
            "order_by" => Words.Pick(random, "create_time desc", "display_name", "name,update_time desc"),
            "page_token" => "",
            _ when field.Name.EndsWith("uri", StringComparison.Ordinal) || field.Name.EndsWith("prefix", StringComparison.Ordinal) =>
                $"gs://{names["B"]}/made",
            _ => Words.Pick(random, "made", "a-b", "1", "x y", "Ñandú"),
        };
    }
}
