namespace Cairn.Cli.Api;

/// <summary>A call that the server answered with an error.</summary>
/// <param name="status">The code's name, such as <c>NOT_FOUND</c>; the HTTP status where the answer was not the API's.</param>
internal sealed class ApiException(string status, string message) : Exception(message)
{
    public string Status { get; } = status;
}
