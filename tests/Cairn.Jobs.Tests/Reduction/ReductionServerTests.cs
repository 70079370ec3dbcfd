using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Cairn.Jobs.Reduction;

namespace Cairn.Jobs.Tests.Reduction;

public sealed class ReductionServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly StringWriter _output = new();
    private readonly byte[] _secret = ReducerSettings.SecretOf("a-token");
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        _listener.Dispose();
        _stop.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 65_537)]
    [InlineData(5, 200_003)]
    public async Task every_worker_receives_the_mean_while_all_still_send(int world, int length)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var values = Enumerable
            .Range(0, world)
            .Select(_ => Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray())
            .ToArray();
        Start(world);

        var received = await Task.WhenAll(values.Select((own, rank) => ReduceAsync(rank, world, [own, own], _secret))).WaitAsync(Limit);

        for (var i = 0; i < length; i++)
        {
            var sum = 0f;
            for (var rank = 0; rank < world; rank++)
            {
                sum += values[rank][i];
            }

            received[0][1][i].ShouldBe(sum / world);
        }

        received.SelectMany(static worker => worker).Where(bucket => !bucket.SequenceEqual(received[0][0])).ShouldBeEmpty();
    }

    [Fact]
    public async Task who_does_not_know_the_jobs_token_is_not_let_in_and_disturbs_no_one()
    {
        Start(2);

        await Should.ThrowAsync<IOException>(() =>
            ReduceAsync(
                    0,
                    2,
                    [
                        [1f],
                    ],
                    ReducerSettings.SecretOf("another")
                )
                .WaitAsync(Limit)
        );
        await Should.ThrowAsync<IOException>(() =>
            ReduceAsync(
                    0,
                    3,
                    [
                        [1f],
                    ],
                    _secret
                )
                .WaitAsync(Limit)
        );

        var received = await Task.WhenAll(
                ReduceAsync(
                    0,
                    2,
                    [
                        [1f],
                    ],
                    _secret
                ),
                ReduceAsync(
                    1,
                    2,
                    [
                        [2f],
                    ],
                    _secret
                )
            )
            .WaitAsync(Limit);
        received[1][0].ShouldBe([1.5f]);
    }

    [Fact]
    public async Task workers_that_do_not_send_the_same_are_told_apart_and_the_next_world_is_served()
    {
        Start(2);

        await Should.ThrowAsync<IOException>(() =>
            Task.WhenAll(
                    ReduceAsync(
                        0,
                        2,
                        [
                            [1f],
                        ],
                        _secret
                    ),
                    ReduceAsync(
                        1,
                        2,
                        [
                            [1f, 2f],
                        ],
                        _secret
                    )
                )
                .WaitAsync(Limit)
        );

        var received = await Task.WhenAll(
                ReduceAsync(
                    0,
                    2,
                    [
                        [1f],
                    ],
                    _secret
                ),
                ReduceAsync(
                    1,
                    2,
                    [
                        [2f],
                    ],
                    _secret
                )
            )
            .WaitAsync(Limit);
        received[0][0].ShouldBe([1.5f]);
        _output.ToString().ShouldContain("rank 1 bucket 0 of 2 values");
    }

    [Fact]
    public async Task a_worker_that_goes_takes_no_other_with_it_into_endless_waiting()
    {
        Start(2);

        var longer = ReduceAsync(
            0,
            2,
            [
                [1f],
                [1f],
            ],
            _secret
        );
        await ReduceAsync(
                1,
                2,
                [
                    [2f],
                ],
                _secret
            )
            .WaitAsync(Limit);

        await Should.ThrowAsync<IOException>(() => longer.WaitAsync(Limit));
    }

    private void Start(int world)
    {
        _listener.Start();
        var settings = new ReducerSettings((IPEndPoint)_listener.LocalEndpoint, 0, world, _secret);
        _running = new ReductionServer(_listener, settings, _output).RunAsync(_stop.Token);
    }

    private async Task<List<float[]>> ReduceAsync(int rank, int world, float[][] buckets, byte[] known)
    {
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        var stream = client.GetStream();
        var greeting = new byte[44];
        "CRN1"u8.CopyTo(greeting);
        BinaryPrimitives.WriteInt32LittleEndian(greeting.AsSpan(4), rank);
        BinaryPrimitives.WriteInt32LittleEndian(greeting.AsSpan(8), world);
        known.CopyTo(greeting, 12);
        await stream.WriteAsync(greeting);
        var received = new List<float[]>();
        for (var i = 0; i < buckets.Length; i++)
        {
            var header = new byte[12];
            BinaryPrimitives.WriteInt64LittleEndian(header, i);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), buckets[i].Length);
            await stream.WriteAsync(header);
            var sending = stream.WriteAsync(MemoryMarshal.AsBytes(buckets[i].AsSpan()).ToArray()).AsTask();
            var bytes = new byte[buckets[i].Length * sizeof(float)];
            await stream.ReadExactlyAsync(bytes);
            await sending;
            received.Add(MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        }

        return received;
    }
}
