using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Tensorboards.Uploads;

/// <summary>
/// What one item brings upon itself: the others go on. An error of the way there, such as a server that does not answer, is none.
/// </summary>
public static class Refusal
{
    /// <summary>Whether a code says that the thing itself is not taken, now and later.</summary>
    public static bool Is(Code code) =>
        code
            is Code.InvalidArgument
                or Code.NotFound
                or Code.AlreadyExists
                or Code.FailedPrecondition
                or Code.OutOfRange
                or Code.PermissionDenied
                or Code.Unimplemented;

    /// <summary>Whether an exception is one of an item: the sink's refusal, or a file that cannot be read.</summary>
    public static bool Is(Exception error) =>
        error is StatusException status
            ? Is(status.Code)
            : error is IOException or UnauthorizedAccessException && error is not EndOfStreamException;
}
