using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Data.Cors;
using Cairn.Data.Lifecycle;
using Cairn.Data.Retention;
using Cairn.Data.SoftDelete;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs.Resources;

/// <summary>A bucket as Cloud Storage's JSON, <c>storage#bucket</c>.</summary>
public static class BucketResource
{
    private static readonly string[] MultiRegions = ["US", "EU", "ASIA"];

    public static JsonObject ToJson(HttpContext context, Bucket bucket)
    {
        var json = new JsonObject
        {
            ["kind"] = "storage#bucket",
            ["id"] = bucket.Name,
            ["selfLink"] = $"{context.BaseUrl()}/storage/v1/b/{bucket.Name}",
            ["projectNumber"] = ProjectNumber.Of(bucket.Project).ToString(CultureInfo.InvariantCulture),
            ["name"] = bucket.Name,
            ["timeCreated"] = Timestamps.ToRfc3339(bucket.Created),
            ["updated"] = Timestamps.ToRfc3339(bucket.Updated),
            ["generation"] = bucket.Created.ToString(CultureInfo.InvariantCulture),
            ["metageneration"] = bucket.Metageneration.ToString(CultureInfo.InvariantCulture),
            ["location"] = bucket.Location,
            ["locationType"] = MultiRegions.Contains(bucket.Location) ? "multi-region" : "region",
            ["storageClass"] = bucket.StorageClass,
            ["etag"] = bucket.Etag,
            ["iamConfiguration"] = Access(bucket),
            ["softDeletePolicy"] = SoftDeleteJson.Write(bucket.Settings.SoftDelete),
        };
        if (MultiRegions.Contains(bucket.Location))
        {
            json["rpo"] = "DEFAULT";
        }

        Add(json, bucket.Settings);
        if (bucket is { SoftDeleted: { } softDeleted, HardDelete: { } hardDelete })
        {
            json["softDeleteTime"] = Timestamps.ToRfc3339(softDeleted);
            json["hardDeleteTime"] = Timestamps.ToRfc3339(hardDelete);
        }

        if (bucket.Versioning)
        {
            json["versioning"] = new JsonObject { ["enabled"] = true };
        }

        if (bucket.Labels.Count > 0)
        {
            json["labels"] = new JsonObject(
                bucket
                    .Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
            );
        }

        return json;
    }

    private static void Add(JsonObject json, BucketSettings settings)
    {
        if (settings.Lifecycle is { Count: > 0 } lifecycle)
        {
            json["lifecycle"] = LifecycleJson.Write(lifecycle);
        }

        if (settings.Cors is { Count: > 0 } cors)
        {
            json["cors"] = CorsJson.Write(cors);
        }

        if (settings.Retention is { } retention)
        {
            json["retentionPolicy"] = RetentionJson.Write(retention);
        }

        if (settings.DefaultEventBasedHold)
        {
            json["defaultEventBasedHold"] = true;
        }

        if (settings.ObjectRetention)
        {
            json["objectRetention"] = new JsonObject { ["mode"] = "Enabled" };
        }
    }

    // Permissions are the server's, for the bucket as a whole: there are no access control lists, and never were, which is what the locked
    // time says.
    private static JsonObject Access(Bucket bucket)
    {
        var locked = Timestamps.ToRfc3339(bucket.Created);
        return new JsonObject
        {
            ["bucketPolicyOnly"] = new JsonObject { ["enabled"] = true, ["lockedTime"] = locked },
            ["uniformBucketLevelAccess"] = new JsonObject { ["enabled"] = true, ["lockedTime"] = locked },
            ["publicAccessPrevention"] = bucket.Settings.PreventsPublicAccess ? "enforced" : "inherited",
        };
    }
}
