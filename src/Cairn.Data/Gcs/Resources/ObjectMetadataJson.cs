using System.Text;
using System.Text.Json.Nodes;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Data.Retention;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Resources;

/// <summary>
/// Reads what a client says about an object: as a whole (insert, update, copy), or as a change (patch); see <see cref="ObjectFields"/>.
/// </summary>
public static class ObjectMetadataJson
{
    private const int MaxCustomBytes = 8 * 1024;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static ObjectMetadata Read(JsonObject body) => Patch(body, ObjectMetadata.Empty);

    /// <summary>The metadata with the body's fields in it: a null removes, an absent field stays.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static ObjectMetadata Patch(JsonObject body, ObjectMetadata current)
    {
        ObjectFields.Check(body);
        return Changed(body, current);
    }

    /// <summary>The checksums that the body gives for the content.</summary>
    public static ExpectedHashes Hashes(JsonObject body) => new(body.Text("md5Hash"), body.Text("crc32c"));

    /// <exception cref="StatusException">INVALID_ARGUMENT where the class is none.</exception>
    public static string? Class(string? value) =>
        value is null || StorageClass.All.Contains(value.ToUpperInvariant())
            ? value?.ToUpperInvariant()
            : throw StatusException.InvalidArgument(
                $"Invalid argument: `storageClass` is '{value}'; it must be one of {string.Join(", ", StorageClass.All)}."
            );

    private static ObjectMetadata Changed(JsonObject body, ObjectMetadata current) =>
        new()
        {
            ContentType = Field(body, "contentType", current.ContentType),
            ContentEncoding = Field(body, "contentEncoding", current.ContentEncoding),
            ContentDisposition = Field(body, "contentDisposition", current.ContentDisposition),
            ContentLanguage = Field(body, "contentLanguage", current.ContentLanguage),
            CacheControl = Field(body, "cacheControl", current.CacheControl),
            CustomTime = Later(Time(Field(body, "customTime", current.CustomTime)), current.CustomTime),
            StorageClass = Class(Field(body, "storageClass", current.StorageClass)),
            TemporaryHold = body.ContainsKey("temporaryHold") ? body.Flag("temporaryHold") ?? false : current.TemporaryHold,
            EventBasedHold = body.ContainsKey("eventBasedHold") ? body.Flag("eventBasedHold") ?? false : current.EventBasedHold,
            Retention = body.ContainsKey("retention") ? RetentionJson.Read(body.Object("retention")) : current.Retention,
            Custom = Custom(body, current.Custom),
        };

    // Headers are made of these on download: a line break would end one header and begin another.
    private static string? Field(JsonObject body, string field, string? current)
    {
        var value = body.ContainsKey(field) ? body.Text(field) : current;
        if (value is not null && (value.Length > 1024 || value.Any(char.IsControl)))
        {
            throw StatusException.InvalidArgument($"Invalid Value: `{field}` is longer than 1024 characters or has a control character.");
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static string? Time(string? value)
    {
        if (value is null)
        {
            return null;
        }

        return Timestamps.TryParseRfc3339(value, out var micros)
            ? Timestamps.ToRfc3339(micros)
            : throw StatusException.InvalidArgument(
                $"Invalid Value: `customTime` is '{value}'; it must be a time as 2026-01-31T12:00:00Z."
            );
    }

    // Lifecycle rules count from it, so Cloud Storage lets it go forward only.
    private static string? Later(string? time, string? current)
    {
        if (
            current is null
            || (
                time is not null
                && Timestamps.TryParseRfc3339(time, out var wanted)
                && Timestamps.TryParseRfc3339(current, out var set)
                && wanted >= set
            )
        )
        {
            return time;
        }

        throw StatusException.InvalidArgument(
            $"Invalid Value: `customTime` is {time ?? "null"} and was {current}; once set it can neither be removed nor become earlier. Copy the object to begin anew."
        );
    }

    private static Dictionary<string, string>? Custom(JsonObject body, Dictionary<string, string>? current)
    {
        if (!body.ContainsKey("metadata"))
        {
            return current;
        }

        if (body.Object("metadata") is not { } changes)
        {
            return null;
        }

        var result = new Dictionary<string, string>(current ?? []);
        foreach (var (key, _) in changes)
        {
            if (key.Length == 0)
            {
                throw StatusException.InvalidArgument("Invalid Value: `metadata` has an empty key.");
            }

            if (changes.Text(key) is { } value)
            {
                if (key.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
                {
                    throw StatusException.InvalidArgument(
                        $"Invalid Value: `metadata` has a NUL character in or at '{key.Replace("\0", "", StringComparison.Ordinal)}'."
                    );
                }

                result[key] = value;
            }
            else
            {
                result.Remove(key);
            }
        }

        var bytes = result.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
        return bytes <= MaxCustomBytes
            ? result
            : throw StatusException.InvalidArgument($"Invalid Value: `metadata` has {bytes} bytes; the most is {MaxCustomBytes}.");
    }
}
