using System.Net;
using System.Net.Sockets;
using System.Text;
using Cairn.Testing;
using Google.Cloud.Logging.V2;

namespace Cairn.Server.Tests.Bugs;

/// <summary>A client that reads nothing, or listens for ever, held the stop of the server for as long as it may take at all.</summary>
public sealed class ShutdownTests : IDisposable
{
    /// <summary>
    /// Far less than the time that a stop may take at all, and far more than the moment in which it cuts connections off.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task clients_that_listen_or_read_nothing_do_not_hold_the_stop_and_a_request_under_way_ends()
    {
        var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]));
        using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
        await client.CreateBucketAsync("stop");
        await client.UploadAsync("stop", "large", new byte[32 << 20]);

        await using var tail = new GrpcStream(server.GrpcAddress, "/google.logging.v2.LoggingServiceV2/TailLogEntries");
        await tail.SendAsync(new TailLogEntriesRequest { ResourceNames = { "projects/stop" } });
        var heard = tail.ReadAsync<TailLogEntriesResponse>();
        await Poll.UntilAsync(
            async () =>
            {
                // The call has begun to listen at some moment after it was sent.
                await client.PostAsync(
                    "/v2/entries:write",
                    System.Text.Json.Nodes.JsonNode.Parse("""{"entries":[{"logName":"projects/stop/logs/a","textPayload":"x"}]}""")!
                );
                return heard.IsCompleted;
            },
            "the tail to hear something"
        );
        (await heard).ShouldNotBeNull();

        using var stalled = await SendAsync(server, "GET /storage/v1/b/stop/o/large?alt=media HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await stalled.GetStream().ReadAtLeastAsync(new byte[12], 12)).ShouldBe(12);

        // Begins before the stop, and has its last bytes after it.
        using var slow = await SendAsync(
            server,
            "POST /upload/storage/v1/b/stop/o?uploadType=media&name=slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab"
        );
        await Poll.UntilAsync(
            () => Task.FromResult(Directory.GetFiles(_scratch["data/objects/tmp"]).Length == 1),
            "the upload to have begun"
        );

        var stopping = server.DisposeAsync().AsTask();
        await slow.GetStream().WriteAsync("cd"u8.ToArray());
        var answer = new byte[12];
        await slow.GetStream().ReadExactlyAsync(answer);
        Encoding.ASCII.GetString(answer).ShouldBe("HTTP/1.1 200");
        await stopping.WaitAsync(Soon);
    }

    private static async Task<TcpClient> SendAsync(CairnServer server, string request)
    {
        var socket = new TcpClient { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.HttpUrl.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }
}
