using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Cairn.Jobs.Reduction;

/// <summary>A worker's connection to a reducer.</summary>
internal sealed class WorkerConnection : IDisposable
{
    private const int GreetingLength = 44;
    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(10);

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly byte[] _header = new byte[12];

    private WorkerConnection(TcpClient client, int rank)
    {
        _client = client;
        _stream = client.GetStream();
        Rank = rank;
    }

    public int Rank { get; }

    /// <summary>Reads a worker's greeting; null where it is none of this job's, which is then closed.</summary>
    public static async Task<WorkerConnection?> GreetAsync(TcpClient client, ReducerSettings settings, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(GreetingLimit);
        try
        {
            client.NoDelay = true;
            var greeting = new byte[GreetingLength];
            await client.GetStream().ReadExactlyAsync(greeting, limit.Token);
            var rank = BinaryPrimitives.ReadUInt32LittleEndian(greeting.AsSpan(4));
            if (
                greeting.AsSpan(0, 4).SequenceEqual("CRN1"u8)
                && rank < settings.World
                && BinaryPrimitives.ReadUInt32LittleEndian(greeting.AsSpan(8)) == settings.World
                && CryptographicOperations.FixedTimeEquals(greeting.AsSpan(12), settings.Secret)
            )
            {
                return new WorkerConnection(client, (int)rank);
            }
        }
        catch (Exception e)
            when (e is IOException or InvalidOperationException
                || (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            // Someone who does not know how to greet.
        }

        client.Dispose();
        return null;
    }

    /// <summary>The next bucket's number and how many values its shard has; null where the worker has no more.</summary>
    public async Task<(ulong Bucket, uint Count)?> ReadHeaderAsync(CancellationToken cancellation)
    {
        var read = await _stream.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancellation);
        return read switch
        {
            0 => null,
            _ when read < _header.Length => throw new EndOfStreamException(),
            _ => (BinaryPrimitives.ReadUInt64LittleEndian(_header), BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(8))),
        };
    }

    public ValueTask ReadAsync(Memory<byte> values, CancellationToken cancellation) => _stream.ReadExactlyAsync(values, cancellation);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> values, CancellationToken cancellation) => _stream.WriteAsync(values, cancellation);

    public void Dispose() => _client.Dispose();
}
