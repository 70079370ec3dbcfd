using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Cairn.Kernel.Errors;

/// <summary>
/// A failure that is the caller's to see: a <see cref="Google.Rpc.Code"/> and a sentence that names the thing, the value and the way out.
/// Every door turns it into its own protocol's error.
/// </summary>
public sealed class StatusException(Code code, string message, params IMessage[] details) : Exception(message)
{
    public Code Code { get; } = code;

    /// <summary>The HTTP status, where HTTP has one that says more than its code's: 507 for a full disk. Null for the code's.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Machine-readable details (<c>google.rpc.ErrorInfo</c>, <c>BadRequest</c>, …), packed for the wire.</summary>
    public IReadOnlyList<Any> Details { get; } = [.. details.Select(Any.Pack)];

    public static StatusException InvalidArgument(string message) => new(Code.InvalidArgument, message);

    public static StatusException NotFound(string message) => new(Code.NotFound, message);

    public static StatusException AlreadyExists(string message) => new(Code.AlreadyExists, message);

    public static StatusException FailedPrecondition(string message) => new(Code.FailedPrecondition, message);

    public static StatusException PermissionDenied(string message) => new(Code.PermissionDenied, message);

    public static StatusException Unauthenticated(string message) => new(Code.Unauthenticated, message);

    public static StatusException Unimplemented(string message) => new(Code.Unimplemented, message);

    public static StatusException ResourceExhausted(string message) => new(Code.ResourceExhausted, message);

    public static StatusException Unavailable(string message) => new(Code.Unavailable, message);

    public static StatusException Aborted(string message) => new(Code.Aborted, message);
}
