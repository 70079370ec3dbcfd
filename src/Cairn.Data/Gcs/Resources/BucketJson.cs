using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Resources;

/// <summary>Reads what a client says about a bucket. A policy that would not be carried out is refused instead of being kept without effect.</summary>
public static class BucketJson
{
    private const int MaxLabels = 64;

    private static readonly (string Field, string Meaning)[] Unsupported =
    [
        ("lifecycle", "deletes or moves objects by rules"),
        ("retentionPolicy", "forbids deletion for a time"),
        ("cors", "lets web pages of other origins read"),
        ("website", "serves the bucket as a web site"),
        ("logging", "writes access logs"),
        ("encryption", "encrypts with a customer's key"),
        ("autoclass", "changes storage classes by use"),
        ("hierarchicalNamespace", "makes folders resources"),
        ("customPlacementConfig", "chooses a pair of regions"),
        ("ipFilter", "restricts by network"),
    ];

    /// <summary>A bucket to create.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED.</exception>
    public static Bucket Read(JsonObject body, string project)
    {
        var bucket = new Bucket
        {
            Name = body.Text("name") ?? throw StatusException.InvalidArgument("Required: `name`, the bucket to create."),
            Project = project,
            Location = (body.Text("location") ?? "US").ToUpperInvariant(),
        };
        return Patch(body, bucket);
    }

    /// <summary>The bucket with the body's fields in it: a null removes, an absent field stays.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED.</exception>
    public static Bucket Patch(JsonObject body, Bucket current)
    {
        foreach (var (field, meaning) in Unsupported)
        {
            if (IsSet(body[field]))
            {
                throw StatusException.Unimplemented($"`{field}` (which {meaning}) is not implemented, so the bucket '{current.Name}' was left as it is. Leave the field out.");
            }
        }

        if (body.Object("softDeletePolicy")?.Number("retentionDurationSeconds") is > 0 and var seconds)
        {
            throw StatusException.Unimplemented($"`softDeletePolicy.retentionDurationSeconds` is {seconds}; deleted objects are not kept here. Use versioning, or 0.");
        }

        if (body.Object("billing")?.Flag("requesterPays") is true || body.Flag("defaultEventBasedHold") is true)
        {
            throw StatusException.Unimplemented("`billing.requesterPays` and `defaultEventBasedHold` are not implemented. Leave them out.");
        }

        return current with
        {
            StorageClass = ObjectMetadataJson.Class(body.Text("storageClass")) ?? current.StorageClass,
            Versioning = body.ContainsKey("versioning") ? body.Object("versioning")?.Flag("enabled") ?? false : current.Versioning,
            Labels = Labels(body, current.Labels),
        };
    }

    /// <summary>The bucket with the body's fields and nothing else: an absent field is removed.</summary>
    public static Bucket Replace(JsonObject body, Bucket current)
        => Patch(body, current with { Versioning = false, Labels = new Dictionary<string, string>() });

    private static bool IsSet(JsonNode? node) => node switch
    {
        null => false,
        JsonArray array => array.Any(IsSet),
        JsonObject value => value.Any(pair => IsSet(pair.Value)),
        JsonValue value => !value.TryGetValue<bool>(out var flag) || flag,
        _ => true,
    };

    private static IReadOnlyDictionary<string, string> Labels(JsonObject body, IReadOnlyDictionary<string, string> current)
    {
        if (!body.ContainsKey("labels"))
        {
            return current;
        }

        var result = new Dictionary<string, string>(body.Object("labels") is null ? new Dictionary<string, string>() : current);
        foreach (var (key, _) in body.Object("labels") ?? [])
        {
            var value = body.Object("labels")!.Text(key);
            if (key.Length is 0 or > 63 || value is { Length: > 63 })
            {
                throw StatusException.InvalidArgument($"Invalid Value: the label '{key}' must have a key of 1 to 63 and a value of at most 63 characters.");
            }

            if (value is null)
            {
                result.Remove(key);
            }
            else
            {
                result[key] = value;
            }
        }

        return result.Count <= MaxLabels
            ? result
            : throw StatusException.InvalidArgument($"Invalid Value: `labels` has {result.Count} entries; the most is {MaxLabels}.");
    }
}
