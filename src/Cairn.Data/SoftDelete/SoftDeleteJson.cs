using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;

namespace Cairn.Data.SoftDelete;

/// <summary>A bucket's <c>softDeletePolicy</c> on the wire.</summary>
internal static class SoftDeleteJson
{
    /// <summary>The policy as a change makes it; null for none, which is what a duration of 0 says.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static SoftDeletePolicy? Read(JsonObject? policy, SoftDeletePolicy? current, long now)
    {
        policy?.Only("softDeletePolicy", "retentionDurationSeconds", "effectiveTime");
        var seconds =
            policy is null || !policy.ContainsKey("retentionDurationSeconds")
                ? policy is null
                    ? 0
                    : current?.Seconds ?? 0
                : policy.Number("retentionDurationSeconds") ?? 0;
        if (seconds is not 0 and not (>= SoftDeletePolicy.MinSeconds and <= SoftDeletePolicy.MaxSeconds))
        {
            throw SettingFields.Invalid(
                "softDeletePolicy.retentionDurationSeconds",
                $"is {seconds}; it must be 0, or from {SoftDeletePolicy.MinSeconds} to {SoftDeletePolicy.MaxSeconds}"
            );
        }

        if (seconds == 0)
        {
            return null;
        }

        return seconds == current?.Seconds ? current : new SoftDeletePolicy(seconds, now);
    }

    public static JsonObject Write(SoftDeletePolicy? policy)
    {
        var json = new JsonObject { ["retentionDurationSeconds"] = (policy?.Seconds ?? 0).ToString(CultureInfo.InvariantCulture) };
        if (policy is not null)
        {
            json["effectiveTime"] = Timestamps.ToRfc3339(policy.Effective);
        }

        return json;
    }
}
