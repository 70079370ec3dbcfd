using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Cairn.Server;

/// <summary>
/// The connections that clients have open. A server that stops takes no new requests and lets those under way end; a client that reads
/// nothing would hold it for as long as it likes, so that what is open after a moment is cut off.
/// </summary>
internal sealed class OpenConnections
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, ConnectionContext> _open = new();

    /// <summary>Part of the pipeline of each listener.</summary>
    public ConnectionDelegate Follow(ConnectionDelegate next) =>
        async connection =>
        {
            _open[connection.ConnectionId] = connection;
            try
            {
                await next(connection);
            }
            finally
            {
                _open.TryRemove(connection.ConnectionId, out _);
            }
        };

    /// <summary>Called when the server begins to stop.</summary>
    public void Drain() =>
        _ = Task.Delay(Grace)
            .ContinueWith(
                _ =>
                {
                    foreach (var connection in _open.Values)
                    {
                        connection.Abort(new ConnectionAbortedException("The server is stopping."));
                    }
                },
                TaskScheduler.Default
            );
}
