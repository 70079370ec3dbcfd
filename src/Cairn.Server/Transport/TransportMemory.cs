using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Cairn.Server.Transport;

/// <summary>
/// The blocks into which Kestrel receives. Its own are of 4 kB, and a socket is read as soon as half a block is free: an upload of a
/// gigabyte is then half a million calls of the system, and as many hand-overs. Blocks of 32 kB are an eighth of that. A connection that
/// waits holds none.
/// </summary>
internal sealed class TransportMemory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 32 << 10;

        // 16 MB stay at hand; what a rush needs beyond goes back to the collector.
        private const int MostKept = 512;

        private readonly ConcurrentBag<byte[]> _kept = [];
        private int _count;

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            if (!_kept.TryTake(out var block))
            {
                return new Block(this, GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
            }

            Interlocked.Decrement(ref _count);
            return new Block(this, block);
        }

        protected override void Dispose(bool disposing) => _kept.Clear();

        private void Return(byte[] block)
        {
            if (Interlocked.Increment(ref _count) <= MostKept)
            {
                _kept.Add(block);
            }
            else
            {
                Interlocked.Decrement(ref _count);
            }
        }

        private sealed class Block(Pool pool, byte[] bytes) : IMemoryOwner<byte>
        {
            private byte[]? _owned = bytes;

            public Memory<byte> Memory => _owned ?? throw new ObjectDisposedException(nameof(Block));

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _owned, null) is { } block)
                {
                    pool.Return(block);
                }
            }
        }
    }
}
