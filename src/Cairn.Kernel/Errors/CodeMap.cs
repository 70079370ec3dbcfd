using Google.Rpc;

namespace Cairn.Kernel.Errors;

/// <summary>The HTTP status and the wire name of each code, as the comments in <c>google/rpc/code.proto</c> give them.</summary>
public static class CodeMap
{
    public static int ToHttp(StatusException error) => error.HttpStatus ?? ToHttp(error.Code);

    public static int ToHttp(Code code) =>
        code switch
        {
            Code.Ok => 200,
            Code.Cancelled => 499,
            Code.InvalidArgument or Code.FailedPrecondition or Code.OutOfRange => 400,
            Code.DeadlineExceeded => 504,
            Code.NotFound => 404,
            Code.AlreadyExists or Code.Aborted => 409,
            Code.PermissionDenied => 403,
            Code.Unauthenticated => 401,
            Code.ResourceExhausted => 429,
            Code.Unimplemented => 501,
            Code.Unavailable => 503,
            _ => 500,
        };

    /// <summary>The name as it stands in JSON errors: <c>NOT_FOUND</c>.</summary>
    public static string Name(Code code) =>
        code switch
        {
            Code.Ok => "OK",
            Code.Cancelled => "CANCELLED",
            Code.InvalidArgument => "INVALID_ARGUMENT",
            Code.DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code.NotFound => "NOT_FOUND",
            Code.AlreadyExists => "ALREADY_EXISTS",
            Code.PermissionDenied => "PERMISSION_DENIED",
            Code.Unauthenticated => "UNAUTHENTICATED",
            Code.ResourceExhausted => "RESOURCE_EXHAUSTED",
            Code.FailedPrecondition => "FAILED_PRECONDITION",
            Code.Aborted => "ABORTED",
            Code.OutOfRange => "OUT_OF_RANGE",
            Code.Unimplemented => "UNIMPLEMENTED",
            Code.Internal => "INTERNAL",
            Code.Unavailable => "UNAVAILABLE",
            Code.DataLoss => "DATA_LOSS",
            _ => "UNKNOWN",
        };
}
