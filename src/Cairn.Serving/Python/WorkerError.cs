using System.Text.Json;
using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Serving.Python;

/// <summary>Turns an error frame into the exception that the client sees.</summary>
internal static class WorkerError
{
    public static StatusException Read(byte[] payload)
    {
        using var document = JsonDocument.Parse(payload);
        var message = document.RootElement.GetProperty("message").GetString() ?? "";
        return document.RootElement.GetProperty("code").GetString() switch
        {
            "INVALID_ARGUMENT" => StatusException.InvalidArgument(message),
            "FAILED_PRECONDITION" => StatusException.FailedPrecondition(message),
            _ => new StatusException(Code.Internal, message),
        };
    }
}
