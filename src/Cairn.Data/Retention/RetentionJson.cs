using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Retention;

/// <summary>A bucket's <c>retentionPolicy</c> and an object's <c>retention</c> on the wire.</summary>
internal static class RetentionJson
{
    private const string Locked = "Locked";
    private const string Unlocked = "Unlocked";

    /// <summary>The policy as a change makes it; the time from which it counts is this one where the period changes.</summary>
    /// <param name="policy">The body's field; null removes.</param>
    /// <param name="current">What holds.</param>
    /// <param name="bucket">The bucket's name, for errors.</param>
    /// <param name="now">Microseconds since 1970.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT; with <see cref="DataErrors.Forbidden"/> where a lock forbids it.</exception>
    public static RetentionPolicy? ReadPolicy(JsonObject? policy, RetentionPolicy? current, string bucket, long now)
    {
        policy?.Only("retentionPolicy", "retentionPeriod", "effectiveTime", "isLocked");
        if (policy?.Flag("isLocked") is { } locked && locked != (current?.Locked ?? false))
        {
            throw SettingFields.Invalid(
                "retentionPolicy.isLocked",
                "cannot be set; a policy is locked for ever with POST …/lockRetentionPolicy"
            );
        }

        var seconds =
            policy is null ? null
            : policy.ContainsKey("retentionPeriod") ? policy.Number("retentionPeriod") ?? 0
            : current?.Seconds;
        if (policy is not null && seconds is null or < 0 or > RetentionPolicy.MaxSeconds)
        {
            throw SettingFields.Invalid("retentionPolicy.retentionPeriod", $"must be from 1 to {RetentionPolicy.MaxSeconds} seconds");
        }

        // Clients write no period as 0, too.
        var wanted = seconds is null or 0 ? null : seconds;
        if (current is { Locked: true } && (wanted is null || wanted < current.Seconds))
        {
            throw DataErrors.LockedSetting(
                $"The retention policy of bucket '{bucket}' is locked at {current.Seconds} seconds: it can become longer, and can be neither shortened nor removed."
            );
        }

        return wanted is not { } period || period == current?.Seconds
            ? wanted is null
                ? null
                : current
            : new RetentionPolicy(period, now, current?.Locked ?? false);
    }

    public static JsonObject Write(RetentionPolicy policy)
    {
        var json = new JsonObject
        {
            ["retentionPeriod"] = policy.Seconds.ToString(CultureInfo.InvariantCulture),
            ["effectiveTime"] = Timestamps.ToRfc3339(policy.Effective),
        };
        if (policy.Locked)
        {
            json["isLocked"] = true;
        }

        return json;
    }

    /// <summary>An object's retention; null removes it.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static ObjectRetention? Read(JsonObject? retention)
    {
        retention?.Only("retention", "mode", "retainUntilTime");
        if (retention?["mode"] is null && retention?["retainUntilTime"] is null)
        {
            return null;
        }

        if (retention.Text("mode") is not (Locked or Unlocked) and var mode)
        {
            throw SettingFields.Invalid("retention.mode", $"is '{mode}'; it must be {Locked} or {Unlocked}");
        }

        return retention.Text("retainUntilTime") is { } time && Timestamps.TryParseRfc3339(time, out var until)
            ? new ObjectRetention(until, retention.Text("mode") == Locked)
            : throw SettingFields.Invalid(
                "retention.retainUntilTime",
                $"is '{retention.Text("retainUntilTime")}'; it must be a time as 2026-01-31T12:00:00Z"
            );
    }

    public static JsonObject Write(ObjectRetention retention) =>
        new() { ["mode"] = retention.Locked ? Locked : Unlocked, ["retainUntilTime"] = Timestamps.ToRfc3339(retention.Until) };
}
