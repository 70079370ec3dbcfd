using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
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
            ["metageneration"] = bucket.Metageneration.ToString(CultureInfo.InvariantCulture),
            ["location"] = bucket.Location,
            ["locationType"] = MultiRegions.Contains(bucket.Location) ? "multi-region" : "region",
            ["storageClass"] = bucket.StorageClass,
            ["etag"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(bucket.Metageneration.ToString(CultureInfo.InvariantCulture))),
            // Permissions are the server's, for the bucket as a whole: there are no access control lists.
            ["iamConfiguration"] = new JsonObject
            {
                ["bucketPolicyOnly"] = new JsonObject { ["enabled"] = true },
                ["uniformBucketLevelAccess"] = new JsonObject { ["enabled"] = true },
                ["publicAccessPrevention"] = "inherited",
            },
            ["softDeletePolicy"] = new JsonObject { ["retentionDurationSeconds"] = "0" },
        };
        if (bucket.Versioning)
        {
            json["versioning"] = new JsonObject { ["enabled"] = true };
        }

        if (bucket.Labels.Count > 0)
        {
            json["labels"] = new JsonObject(bucket.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        }

        return json;
    }
}
