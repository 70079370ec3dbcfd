using System.Net;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors;

/// <summary>A server that accepts whatever an agent sends, for tests that look only at the agent's folder.</summary>
internal sealed class AcceptingServer : IDisposable
{
    private readonly HttpListener listener = new();

    public AcceptingServer()
    {
        Url = $"http://127.0.0.1:{PostgresServer.FreePort()}";
        listener.Prefixes.Add(Url + "/");
        listener.Start();
        _ = AcceptAsync();
    }

    public string Url { get; }

    public void Dispose() => listener.Close();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                context.Response.OutputStream.Write("{}"u8);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
