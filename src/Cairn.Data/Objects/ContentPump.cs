using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Cairn.Data.Checksums;
using Cairn.Kernel.Blobs;

namespace Cairn.Data.Objects;

/// <summary>
/// Brings a stream into a blob. Receiving, hashing and writing each cost about the same for each byte, so what is longer than one buffer is
/// handed from the one to the others: while a buffer fills, those before it are hashed and written.
/// </summary>
internal static class ContentPump
{
    private const int BufferSize = 512 * 1024;

    // With the one that fills and the one that is written: the memory of an upload is six buffers, whatever its size.
    private const int Ahead = 4;

    /// <summary>Copies to the stream's end. Where the stream fails, what it gave before is in the blob all the same.</summary>
    /// <param name="hashes">Where the checksums are gathered; null for none.</param>
    public static async Task CopyAsync(Stream source, IBlobWriter writer, ObjectHashes? hashes, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var (length, broken) = await FillAsync(source, buffer, cancellation);
        if (length == buffer.Length && broken is null)
        {
            await PumpAsync(source, buffer, writer, hashes, cancellation);
            return;
        }

        // Most objects are small: they need no second task.
        await StoreAsync(buffer, length, writer, hashes);
        ArrayPool<byte>.Shared.Return(buffer);
        broken?.Throw();
    }

    private static async Task PumpAsync(
        Stream source,
        byte[] first,
        IBlobWriter writer,
        ObjectHashes? hashes,
        CancellationToken cancellation
    )
    {
        var full = Channel.CreateBounded<(byte[] Buffer, int Length)>(
            new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true }
        );
        var storing = Task.Run(() => StoreAllAsync(full, writer, hashes), CancellationToken.None);
        ExceptionDispatchInfo? broken = null;
        try
        {
            await full.Writer.WriteAsync((first, first.Length), CancellationToken.None);
            for (var ended = false; !ended; )
            {
                var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                (var length, broken) = await FillAsync(source, buffer, cancellation);
                ended = length < buffer.Length || broken is not null;
                await full.Writer.WriteAsync((buffer, length), CancellationToken.None);
            }
        }
        catch (ChannelClosedException)
        {
            // The storing has failed, and says how below.
        }

        full.Writer.TryComplete();
        await storing;
        broken?.Throw();
    }

    private static async Task StoreAllAsync(Channel<(byte[] Buffer, int Length)> full, IBlobWriter writer, ObjectHashes? hashes)
    {
        try
        {
            await foreach (var (buffer, length) in full.Reader.ReadAllAsync())
            {
                await StoreAsync(buffer, length, writer, hashes);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        finally
        {
            // So that the receiving does not wait for ever for someone to take the next buffer.
            full.Writer.TryComplete();
        }
    }

    private static async Task StoreAsync(byte[] buffer, int length, IBlobWriter writer, ObjectHashes? hashes)
    {
        // What has arrived is stored whether or not its sender is still there.
        var written = writer.WriteAsync(buffer.AsMemory(0, length), CancellationToken.None);
        hashes?.Append(buffer.AsSpan(0, length));
        await written;
    }

    private static async ValueTask<(int Length, ExceptionDispatchInfo? Broken)> FillAsync(
        Stream source,
        byte[] buffer,
        CancellationToken cancellation
    )
    {
        var length = 0;
        try
        {
            int read;
            while (length < buffer.Length && (read = await source.ReadAsync(buffer.AsMemory(length), cancellation)) > 0)
            {
                length += read;
            }

            return (length, null);
        }
        catch (Exception error)
        {
            return (length, ExceptionDispatchInfo.Capture(error));
        }
    }
}
