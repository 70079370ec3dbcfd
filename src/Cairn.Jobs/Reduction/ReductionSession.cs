using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Jobs.Reduction;

/// <summary>
/// One world of workers, from their first bucket to their last. Of a bucket only a chunk is here at a time: while one is sent back, the
/// next is read.
/// </summary>
/// <param name="workers">By rank.</param>
internal sealed class ReductionSession(IReadOnlyList<WorkerConnection> workers)
{
    /// <summary>Values in a chunk.</summary>
    private const int ChunkLength = 1 << 16;

    private readonly byte[][] _received = [.. workers.Select(static _ => new byte[ChunkLength * sizeof(float)])];
    private readonly byte[][] _sent = [new byte[ChunkLength * sizeof(float)], new byte[ChunkLength * sizeof(float)]];

    public long Buckets { get; private set; }

    /// <summary>Bytes of values that each worker has sent; it has received as many.</summary>
    public long Bytes { get; private set; }

    /// <summary>Runs until a worker has no more.</summary>
    /// <exception cref="InvalidDataException">The workers do not send the same buckets.</exception>
    /// <exception cref="IOException">A worker is gone.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var reads = workers.Select(worker => worker.ReadHeaderAsync(round.Token)).ToList();
            var waiting = reads.ToList<Task>();
            while (waiting.Count > 0)
            {
                var read = await Task.WhenAny(waiting);
                waiting.Remove(read);
                if (read.IsFaulted || read is Task<(ulong, uint)?> { IsCompletedSuccessfully: true, Result: null })
                {
                    // The others would wait for it in vain.
                    await round.CancelAsync();
                    await Task.WhenAll(reads)
                        .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                    cancellation.ThrowIfCancellationRequested();
                    await read;
                    return;
                }
            }

            var headers = await Task.WhenAll(reads);
            if (headers.Distinct().Count() > 1)
            {
                throw new InvalidDataException(
                    $"they sent different buckets: {string.Join(", ", headers.Select((header, rank) => $"rank {rank} bucket {header!.Value.Bucket} of {header.Value.Count} values"))}."
                );
            }

            await ReduceAsync(headers[0]!.Value.Count, cancellation);
            Buckets++;
            Bytes += (long)headers[0]!.Value.Count * sizeof(float);
        }
    }

    private async Task ReduceAsync(uint count, CancellationToken cancellation)
    {
        var sending = Task.CompletedTask;
        for (var (left, chunk) = ((long)count, 0); left > 0; left -= ChunkLength, chunk ^= 1)
        {
            var length = (int)Math.Min(left, ChunkLength);
            await Task.WhenAll(
                workers.Select(
                    (worker, rank) => worker.ReadAsync(_received[rank].AsMemory(0, length * sizeof(float)), cancellation).AsTask()
                )
            );
            var bytes = _sent[chunk].AsMemory(0, length * sizeof(float));
            Mean(MemoryMarshal.Cast<byte, float>(bytes.Span));
            await sending;
            sending = Task.WhenAll(workers.Select(worker => worker.WriteAsync(bytes, cancellation).AsTask()));
        }

        await sending;
    }

    /// <summary>Adds in the order of the ranks, so that the result does not depend on who came first.</summary>
    private void Mean(Span<float> mean)
    {
        Values(0, mean.Length).CopyTo(mean);
        for (var rank = 1; rank < workers.Count; rank++)
        {
            var input = Values(rank, mean.Length);
            var i = 0;
            for (; i <= mean.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                (new Vector<float>(mean[i..]) + new Vector<float>(input[i..])).CopyTo(mean[i..]);
            }

            for (; i < mean.Length; i++)
            {
                mean[i] += input[i];
            }
        }

        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] /= workers.Count;
        }
    }

    private ReadOnlySpan<float> Values(int rank, int length) =>
        MemoryMarshal.Cast<byte, float>(_received[rank].AsSpan(0, length * sizeof(float)));
}
