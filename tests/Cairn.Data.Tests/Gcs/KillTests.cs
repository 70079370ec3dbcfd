using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cairn.Testing;

namespace Cairn.Data.Tests.Gcs;

public sealed class KillTests(GcsServer server) : IClassFixture<GcsServer>
{
    private const int Size = 400_000;

    [Fact]
    public async Task a_kill_in_the_middle_of_uploads_leaves_the_old_object_or_the_new_and_nothing_acknowledged_is_lost()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var bucket = await server.CreateBucketAsync();
        var state = new ConcurrentDictionary<string, (int Acknowledged, int Sent)>();
        for (var round = 0; round < 4; round++)
        {
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 6).Select(writer => WriteAsync(bucket, $"object-{writer}", state, stop.Token)).ToList();
            await Poll.UntilAsync(
                () => state.Count == 6 && state.Values.All(value => value.Acknowledged > round * 3),
                "every writer to have been acknowledged"
            );
            await Task.Delay(random.Next(40));

            server.Process.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
            await server.Process.RestartAsync();

            foreach (var (name, (acknowledged, sent)) in state)
            {
                var bytes = await server.Http.GetByteArrayAsync(server.Url($"/storage/v1/b/{bucket}/o/{name}?alt=media"));
                var number = BitConverter.ToInt32(bytes);
                number.ShouldBeInRange(acknowledged, sent, $"{name} in round {round}");
                bytes.ShouldBe(Content(number));
                var resource = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o/{name}"));
                resource["md5Hash"]!.GetValue<string>().ShouldBe(Convert.ToBase64String(MD5.HashData(bytes)));
                // The last that was sent may have been published though nobody heard of it.
                state[name] = (number, sent);
            }
        }
    }

    private async Task WriteAsync(
        string bucket,
        string name,
        ConcurrentDictionary<string, (int Acknowledged, int Sent)> state,
        CancellationToken stop
    )
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var (acknowledged, sent) = state.GetValueOrDefault(name);
                var next = sent + 1;
                state[name] = (acknowledged, next);
                using var response = await server.UploadAsync(bucket, name, Content(next));
                response.EnsureSuccessStatusCode();
                state[name] = (next, next);
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    // Begins with its number, and every byte depends on it.
    private static byte[] Content(int number)
    {
        var bytes = new byte[Size];
        new Random(number).NextBytes(bytes);
        BitConverter.TryWriteBytes(bytes, number);
        return bytes;
    }
}
