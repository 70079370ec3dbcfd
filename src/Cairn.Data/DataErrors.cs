using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Data;

/// <summary>
/// Failures of the object store that have a meaning of their own on Cloud Storage's wire; the reason travels as
/// <c>google.rpc.ErrorInfo</c>.
/// </summary>
public static class DataErrors
{
    /// <summary>A precondition does not hold: HTTP 412.</summary>
    public const string ConditionNotMet = "conditionNotMet";

    /// <summary>A <c>…NotMatch</c> precondition of a read does not hold: HTTP 304.</summary>
    public const string NotModified = "notModified";

    /// <summary>HTTP 409 for a bucket that still has objects.</summary>
    public const string Conflict = "conflict";

    /// <summary>A hold keeps the object: HTTP 403.</summary>
    public const string UnderActiveHold = "objectUnderActiveHold";

    /// <summary>A retention keeps the object: HTTP 403.</summary>
    public const string RetentionNotMet = "retentionPolicyNotMet";

    /// <summary>A lock keeps a bucket's setting: HTTP 403.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>A byte range outside the object: HTTP 416.</summary>
    public const string RangeNotSatisfiable = "requestedRangeNotSatisfiable";

    public static StatusException PreconditionFailed(string message) => With(Code.FailedPrecondition, ConditionNotMet, message);

    public static StatusException Unmodified(string message) => With(Code.FailedPrecondition, NotModified, message);

    public static StatusException Held(string message) => With(Code.FailedPrecondition, UnderActiveHold, message);

    public static StatusException Retained(string message) => With(Code.FailedPrecondition, RetentionNotMet, message);

    public static StatusException LockedSetting(string message) => With(Code.FailedPrecondition, Forbidden, message);

    public static StatusException BucketNotEmpty(string bucket) =>
        With(
            Code.FailedPrecondition,
            Conflict,
            $"The bucket you tried to delete is not empty: '{bucket}' has objects (or noncurrent versions of them). Delete them first."
        );

    public static StatusException NoSuchBucket(string bucket) =>
        StatusException.NotFound($"The specified bucket does not exist: '{bucket}'.");

    public static StatusException NoSuchObject(string bucket, string name) => StatusException.NotFound($"No such object: {bucket}/{name}");

    /// <summary>The reason that one of the above gave, or null.</summary>
    public static string? ReasonOf(StatusException error)
    {
        foreach (var detail in error.Details)
        {
            if (detail.TryUnpack<ErrorInfo>(out var info) && info.Domain == Domain)
            {
                return info.Reason;
            }
        }

        return null;
    }

    private const string Domain = "storage";

    private static StatusException With(Code code, string reason, string message) =>
        new(code, message, new ErrorInfo { Domain = Domain, Reason = reason });
}
