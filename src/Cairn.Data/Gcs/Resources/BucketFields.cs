using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Resources;

/// <summary>
/// What becomes of each field of a bucket in a request: it is kept and carried out, it is the server's to say, or it is refused. There is
/// no fourth kind: a setting that is accepted and forgotten is one that its owner relies on in vain.
/// </summary>
public static class BucketFields
{
    /// <summary>Fields that are kept, returned and carried out.</summary>
    public static IReadOnlyList<string> Kept { get; } =
    [
        "name",
        "location",
        "storageClass",
        "versioning",
        "labels",
        "lifecycle",
        "cors",
        "retentionPolicy",
        "softDeletePolicy",
        "defaultEventBasedHold",
        "objectRetention",
        "iamConfiguration",
        "rpo",
        "billing",
    ];

    /// <summary>
    /// Fields that say what the server found; in requests they are passed over, as Cloud Storage does, because clients send back what they
    /// have read.
    /// </summary>
    public static IReadOnlyList<string> Output { get; } =
    [
        "kind",
        "id",
        "selfLink",
        "projectNumber",
        "metageneration",
        "generation",
        "etag",
        "timeCreated",
        "updated",
        "locationType",
        "owner",
        "softDeleteTime",
        "hardDeleteTime",
        "satisfiesPZS",
        "satisfiesPZI",
    ];

    /// <summary>Fields that are refused where they ask for anything, with what they are for.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } =
        new Dictionary<string, string>
        {
            ["website"] = "serves the bucket as a web site",
            ["logging"] = "writes access logs into a bucket",
            ["encryption"] = "encrypts with a key of one's own, or enforces that",
            ["autoclass"] = "changes storage classes by use",
            ["hierarchicalNamespace"] = "makes folders resources",
            ["customPlacementConfig"] = "chooses a pair of regions",
            ["ipFilter"] = "restricts by network",
        };

    /// <exception cref="StatusException">UNIMPLEMENTED or INVALID_ARGUMENT with the field.</exception>
    public static void Check(JsonObject body, Bucket current)
    {
        foreach (var (field, value) in body)
        {
            if (Refused.TryGetValue(field, out var meaning))
            {
                RequireNothing(field, meaning, value, current.Name);
            }
            else if (field is "acl" or "defaultObjectAcl")
            {
                if (value is not (null or JsonArray { Count: 0 }))
                {
                    throw StatusException.InvalidArgument(
                        $"`{field}` cannot be used when uniform bucket-level access is enabled, as it is for '{current.Name}'. Use the bucket's IAM policy."
                    );
                }
            }
            else if (!Kept.Contains(field) && !Output.Contains(field))
            {
                throw StatusException.InvalidArgument(
                    $"Invalid Value: `{field}` is not a field of a bucket that is known here, so the bucket '{current.Name}' was left as it is."
                );
            }
        }

        Fixed(body, "name", current.Name);
        Fixed(body, "location", current.Location);
    }

    private static void RequireNothing(string field, string meaning, JsonNode? value, string bucket)
    {
        if (Asks(value))
        {
            throw StatusException.Unimplemented(
                $"`{field}` (which {meaning}) is not implemented, so the bucket '{bucket}' was left as it is. Leave the field out."
            );
        }
    }

    private static void Fixed(JsonObject body, string field, string current)
    {
        if (body.Text(field) is { } wanted && !wanted.Equals(current, StringComparison.OrdinalIgnoreCase))
        {
            throw StatusException.InvalidArgument(
                $"Invalid Value: `{field}` is '{wanted}'; that of the bucket is '{current}', and cannot be changed."
            );
        }
    }

    // False, "Disabled" and empty values ask for nothing.
    private static bool Asks(JsonNode? node) =>
        node switch
        {
            null => false,
            JsonArray array => array.Any(Asks),
            JsonObject value => value.Any(static pair => Asks(pair.Value)),
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            JsonValue value when value.TryGetValue<string>(out var text) => text.Length > 0 && text != "Disabled",
            _ => true,
        };
}
