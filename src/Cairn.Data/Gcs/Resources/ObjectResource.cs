using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Data.Objects;
using Cairn.Data.Retention;
using Cairn.Kernel.Checksums;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs.Resources;

/// <summary>An object as Cloud Storage's JSON, <c>storage#object</c>.</summary>
public static class ObjectResource
{
    public static JsonObject ToJson(HttpContext context, ObjectRecord item)
    {
        var path = $"/storage/v1/b/{item.Bucket}/o/{Uri.EscapeDataString(item.Name)}";
        var metadata = item.Metadata;
        var json = new JsonObject
        {
            ["kind"] = "storage#object",
            ["id"] = $"{item.Bucket}/{item.Name}/{item.Generation}",
            ["selfLink"] = context.BaseUrl() + path,
            ["mediaLink"] = $"{context.BaseUrl()}/download{path}?generation={item.Generation}&alt=media",
            ["name"] = item.Name,
            ["bucket"] = item.Bucket,
            ["generation"] = Text(item.Generation),
            ["metageneration"] = Text(item.Metageneration),
        };
        Set(json, "contentType", metadata.ContentType);
        json["storageClass"] = metadata.StorageClass ?? "STANDARD";
        json["size"] = Text(item.Content.Size);
        Set(json, "md5Hash", item.Content.Md5);
        json["crc32c"] = Crc32C.ToBase64(item.Content.Crc32C);
        json["etag"] = item.Etag;
        json["timeCreated"] = Timestamps.ToRfc3339(item.Created);
        json["updated"] = Timestamps.ToRfc3339(item.Updated);
        json["timeStorageClassUpdated"] = Timestamps.ToRfc3339(metadata.ClassChanged ?? item.Created);
        json["timeFinalized"] = Timestamps.ToRfc3339(item.Created);
        if (item.Deleted is { } deleted)
        {
            json["timeDeleted"] = Timestamps.ToRfc3339(deleted);
        }

        Set(json, "softDeleteTime", Time(item.SoftDeleted));
        Set(json, "hardDeleteTime", Time(item.HardDelete));
        Set(json, "retentionExpirationTime", Time(item.RetainedUntil));
        Set(json, "contentEncoding", metadata.ContentEncoding);
        Set(json, "contentDisposition", metadata.ContentDisposition);
        Set(json, "contentLanguage", metadata.ContentLanguage);
        Set(json, "cacheControl", metadata.CacheControl);
        Set(json, "customTime", metadata.CustomTime);
        if (item.Content.Components is { } components)
        {
            json["componentCount"] = components;
        }

        if (metadata.TemporaryHold)
        {
            json["temporaryHold"] = true;
        }

        if (metadata.EventBasedHold)
        {
            json["eventBasedHold"] = true;
        }

        if (metadata.Retention is { } retention)
        {
            json["retention"] = RetentionJson.Write(retention);
        }

        if (metadata.Custom is { Count: > 0 } custom)
        {
            json["metadata"] = new JsonObject(
                custom
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
            );
        }

        return json;
    }

    private static string? Time(long? micros) => micros is { } instant ? Timestamps.ToRfc3339(instant) : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Set(JsonObject json, string field, string? value)
    {
        if (value is not null)
        {
            json[field] = value;
        }
    }
}
