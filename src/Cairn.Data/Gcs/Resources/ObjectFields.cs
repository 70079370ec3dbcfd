using System.Text.Json.Nodes;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Resources;

/// <summary>What becomes of each field of an object in a request; the three kinds are those of <see cref="BucketFields"/>.</summary>
public static class ObjectFields
{
    /// <summary>
    /// Fields that are kept, returned and carried out; of the checksums and the name, those that the content is checked against or stored
    /// under.
    /// </summary>
    public static IReadOnlyList<string> Kept { get; } =
    [
        "name",
        "md5Hash",
        "crc32c",
        "contentType",
        "contentEncoding",
        "contentDisposition",
        "contentLanguage",
        "cacheControl",
        "customTime",
        "storageClass",
        "metadata",
        "temporaryHold",
        "eventBasedHold",
        "retention",
    ];

    /// <summary>Fields that say what the server found; in requests they are passed over.</summary>
    public static IReadOnlyList<string> Output { get; } =
    [
        "kind",
        "id",
        "selfLink",
        "mediaLink",
        "bucket",
        "generation",
        "metageneration",
        "size",
        "etag",
        "owner",
        "componentCount",
        "timeCreated",
        "updated",
        "timeDeleted",
        "timeFinalized",
        "timeStorageClassUpdated",
        "retentionExpirationTime",
        "softDeleteTime",
        "hardDeleteTime",
        "restoreToken",
    ];

    /// <summary>Fields that are refused where they ask for anything, with what they are for.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } =
        new Dictionary<string, string>
        {
            ["kmsKeyName"] = "encrypts with a key of one's own",
            ["customerEncryption"] = "encrypts with a key that the customer supplies",
            ["contexts"] = "attaches contexts to objects",
        };

    /// <exception cref="StatusException">UNIMPLEMENTED or INVALID_ARGUMENT with the field.</exception>
    public static void Check(JsonObject body)
    {
        foreach (var (field, value) in body)
        {
            if (Refused.TryGetValue(field, out var meaning))
            {
                if (value is not (null or JsonObject { Count: 0 }))
                {
                    throw StatusException.Unimplemented(
                        $"`{field}` (which {meaning}) is not implemented, so the object was left as it is. Leave the field out."
                    );
                }
            }
            else if (field == "acl")
            {
                if (value is not (null or JsonArray { Count: 0 }))
                {
                    throw StatusException.InvalidArgument(
                        "`acl` of an object cannot be used when uniform bucket-level access is enabled, as it is for every bucket here. Use the bucket's IAM policy."
                    );
                }
            }
            else if (!Kept.Contains(field) && !Output.Contains(field))
            {
                throw StatusException.InvalidArgument(
                    $"Invalid Value: `{field}` is not a field of an object that is known here. Text of your own belongs into `metadata`."
                );
            }
        }
    }
}
