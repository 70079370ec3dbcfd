using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Data.Cors;
using Cairn.Data.Lifecycle;
using Cairn.Data.Retention;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Data.Gcs.Resources;

/// <summary>Reads what a client says about a bucket; see <see cref="BucketFields"/>.</summary>
public static class BucketJson
{
    private const int MaxLabels = 64;

    /// <summary>A bucket to create.</summary>
    /// <param name="body">The request's.</param>
    /// <param name="project">Its owner.</param>
    /// <param name="objectRetention">Whether its objects may have a retention of their own.</param>
    /// <param name="now">Microseconds since 1970.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED.</exception>
    public static Bucket Read(JsonObject body, string project, bool objectRetention, long now)
    {
        var location = (body.Text("location") ?? "US").ToUpperInvariant();
        if (location.Length is 0 or > 64 || location.Any(static c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw SettingFields.Invalid("location", $"is '{location}'; it must be letters, digits and dashes, at most 64");
        }

        var bucket = new Bucket
        {
            Name = body.Text("name") ?? throw StatusException.InvalidArgument("Required: `name`, the bucket to create."),
            Project = project,
            Location = location,
            Settings = BucketSettings.Default with { ObjectRetention = objectRetention },
        };
        return Patch(body, bucket, now);
    }

    /// <summary>The bucket with the body's fields in it: a null removes, an absent field stays.</summary>
    /// <param name="now">Microseconds since 1970.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED; with <see cref="DataErrors.Forbidden"/> where a lock forbids
    /// it.</exception>
    public static Bucket Patch(JsonObject body, Bucket current, long now)
    {
        BucketFields.Check(body, current);
        RequireWhatHolds(body, current);
        body.Object("versioning")?.Only("versioning", "enabled");
        return current with
        {
            StorageClass = ObjectMetadataJson.Class(body.Text("storageClass")) ?? current.StorageClass,
            Versioning = body.ContainsKey("versioning") ? body.Object("versioning")?.Flag("enabled") ?? false : current.Versioning,
            Labels = Labels(body, current.Labels),
            Settings = Settings(body, current, now),
        };
    }

    /// <summary>
    /// The bucket with the body's fields: an absent field is removed. What protects the objects or their owner (soft delete, public access
    /// prevention) is removed only where the body says so.
    /// </summary>
    public static Bucket Replace(JsonObject body, Bucket current, long now)
    {
        var whole = (JsonObject)body.DeepClone();
        foreach (var field in (string[])["versioning", "labels", "lifecycle", "cors", "retentionPolicy", "defaultEventBasedHold"])
        {
            whole.TryAdd(field, null);
        }

        return Patch(whole, current with { Labels = new Dictionary<string, string>() }, now);
    }

    private static BucketSettings Settings(JsonObject body, Bucket bucket, long now)
    {
        var current = bucket.Settings;
        return current with
        {
            Lifecycle = body.ContainsKey("lifecycle") ? LifecycleJson.Read(body.Object("lifecycle")) : current.Lifecycle,
            Cors = body.ContainsKey("cors") ? CorsJson.Read(body) : current.Cors,
            Retention = body.ContainsKey("retentionPolicy")
                ? RetentionJson.ReadPolicy(body.Object("retentionPolicy"), current.Retention, bucket.Name, now)
                : current.Retention,
            SoftDelete = body.ContainsKey("softDeletePolicy")
                ? SoftDeleteJson.Read(body.Object("softDeletePolicy"), current.SoftDelete, now)
                : current.SoftDelete,
            DefaultEventBasedHold = body.ContainsKey("defaultEventBasedHold")
                ? body.Flag("defaultEventBasedHold") ?? false
                : current.DefaultEventBasedHold,
            ObjectRetention = ObjectRetention(body.Object("objectRetention"), current.ObjectRetention),
            PreventsPublicAccess = PreventsPublicAccess(body.Object("iamConfiguration"), current.PreventsPublicAccess),
        };
    }

    private static bool ObjectRetention(JsonObject? given, bool current)
    {
        given?.Only("objectRetention", "mode");
        return given?.Text("mode") switch
        {
            null => current,
            "Enabled" => true,
            "Disabled" when !current => false,
            var mode => throw SettingFields.Invalid("objectRetention.mode", $"is '{mode}'; it can be Enabled, and stays so once it is"),
        };
    }

    // Everyone's permissions are for buckets as a whole here. To say "false" would be to promise access control lists.
    private static bool PreventsPublicAccess(JsonObject? given, bool current)
    {
        given?.Only("iamConfiguration", "uniformBucketLevelAccess", "bucketPolicyOnly", "publicAccessPrevention");
        foreach (var field in (string[])["uniformBucketLevelAccess", "bucketPolicyOnly"])
        {
            var access = given?.Object(field);
            access?.Only($"iamConfiguration.{field}", "enabled", "lockedTime");
            if (access?.Flag("enabled") is false)
            {
                throw SettingFields.Invalid(
                    $"iamConfiguration.{field}.enabled",
                    "cannot be false: every bucket here has uniform bucket-level access, and there are no access control lists"
                );
            }
        }

        return given?.Text("publicAccessPrevention") switch
        {
            null => current,
            "enforced" => true,
            "inherited" or "unspecified" => false,
            var other => throw SettingFields.Invalid(
                "iamConfiguration.publicAccessPrevention",
                $"is '{other}'; it must be enforced or inherited"
            ),
        };
    }

    // Fields with one value that is true here: it may be said, another may not.
    private static void RequireWhatHolds(JsonObject body, Bucket current)
    {
        if (body.Text("rpo") is not (null or "DEFAULT") and var rpo)
        {
            throw SettingFields.Invalid(
                "rpo",
                $"is '{rpo}'; it can only be DEFAULT, because the bucket '{current.Name}' is stored in one place and has no regions to replicate between"
            );
        }

        var billing = body.Object("billing");
        billing?.Only("billing", "requesterPays");
        if (billing?.Flag("requesterPays") is true)
        {
            throw StatusException.Unimplemented(
                "`billing.requesterPays` is not implemented: nobody is billed here. Leave it out, or say false."
            );
        }
    }

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
            if (Characters.Count(key) is 0 or > 63 || Characters.Count(value ?? "") > 63 || $"{key}{value}".Any(char.IsControl))
            {
                throw StatusException.InvalidArgument(
                    $"Invalid Value: the label '{key}' must have a key of 1 to 63 and a value of at most 63 characters, none of them a control character."
                );
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
