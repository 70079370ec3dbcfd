using Cairn.Kernel.Errors;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Whether a logged model's files are there; the numbers are those of MLflow's messages.</summary>
public enum LoggedModelStatus
{
    Pending = 1,
    Ready = 2,
    Failed = 3,
}

/// <summary>The names of the states.</summary>
public static class LoggedModelStatusNames
{
    /// <summary>As messages write it.</summary>
    public static string Wire(this LoggedModelStatus status) =>
        status switch
        {
            LoggedModelStatus.Pending => "LOGGED_MODEL_PENDING",
            LoggedModelStatus.Ready => "LOGGED_MODEL_READY",
            _ => "LOGGED_MODEL_UPLOAD_FAILED",
        };

    /// <summary>A state by its name in messages, its number, or its short name in filters (<c>READY</c>).</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static LoggedModelStatus Parse(string text) =>
        text.ToUpperInvariant() switch
        {
            "LOGGED_MODEL_PENDING" or "PENDING" or "1" => LoggedModelStatus.Pending,
            "LOGGED_MODEL_READY" or "READY" or "2" => LoggedModelStatus.Ready,
            "LOGGED_MODEL_UPLOAD_FAILED" or "UPLOAD_FAILED" or "FAILED" or "3" => LoggedModelStatus.Failed,
            _ => throw StatusException.InvalidArgument(
                $"'{text}' is no status of a logged model. It is one of LOGGED_MODEL_PENDING, LOGGED_MODEL_READY, LOGGED_MODEL_UPLOAD_FAILED."
            ),
        };
}
