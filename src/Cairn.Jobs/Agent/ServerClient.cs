using System.Net;
using System.Net.Http.Headers;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The agent's calls to the server. A server that is down, restarting or overloaded is waited for, as long as the caller's token allows;
/// where it comes back at another address or with another token, both are read again from the files where the server keeps them.
/// </summary>
internal sealed class ServerClient(TaskRecord record, string tokenFile, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10) }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private string _endpoint = ReadEndpoint(record);
    private string _token = File.ReadAllText(tokenFile);

    /// <summary>Sends a request made anew for each try. Returns the first response that is not the server's passing trouble.</summary>
    /// <param name="request">Makes the request; its address is relative.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="waitsForRoom">Whether a server whose disk is full is waited for as well, until somebody has made room.</param>
    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> request,
        CancellationToken cancellation,
        bool waitsForRoom = true
    )
    {
        var pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            var authorized = true;
            try
            {
                using var message = request();
                message.RequestUri = new Uri(_endpoint + message.RequestUri);
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
                var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
                authorized = response.StatusCode != HttpStatusCode.Unauthorized;
                if (
                    !(IsPassing(response.StatusCode) || (waitsForRoom && response.StatusCode == HttpStatusCode.InsufficientStorage))
                    && (authorized || !TokenChanged())
                )
                {
                    return response;
                }

                response.Dispose();
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException)
            {
                _endpoint = ReadEndpoint(record);
            }

            if (authorized)
            {
                await Task.Delay(pause, time, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsPassing(HttpStatusCode status) =>
        status
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;

    private bool TokenChanged()
    {
        var present = File.ReadAllText(tokenFile);
        var changed = present != _token;
        _token = present;
        return changed;
    }

    private static string ReadEndpoint(TaskRecord record)
    {
        try
        {
            return File.ReadAllText(record.EndpointFile).Trim().TrimEnd('/');
        }
        catch (IOException)
        {
            return record.Endpoint.TrimEnd('/');
        }
    }
}
