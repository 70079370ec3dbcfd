using System.Net;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors;

/// <summary>A server that accepts whatever an agent sends, for tests that look only at the agent's folder.</summary>
internal sealed class AcceptingServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<HttpStatusCode> _answer;

    /// <param name="answer">The status of the next answer; OK where it is not given.</param>
    public AcceptingServer(Func<HttpStatusCode>? answer = null)
    {
        _answer = answer ?? (static () => HttpStatusCode.OK);

        // Another test may take the port that was free a moment ago.
        for (var tries = 1; ; tries++)
        {
            _listener = new HttpListener();
            Url = $"http://127.0.0.1:{PostgresServer.FreePort()}";
            _listener.Prefixes.Add(Url + "/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (tries < 10)
            {
                _listener.Close();
            }
        }

        _ = AcceptAsync();
    }

    public string Url { get; }

    public void Dispose() => _listener.Close();

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                context.Response.StatusCode = (int)_answer();
                context.Response.OutputStream.Write("{}"u8);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // Closed; or the agent has gone before it had its answer, and the next one comes.
            }
        }
    }
}
