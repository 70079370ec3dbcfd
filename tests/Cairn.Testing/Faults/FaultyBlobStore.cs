using Cairn.Kernel.Blobs;

namespace Cairn.Testing.Faults;

/// <summary>A blob store that fails at the n-th step, counted over every operation that can fail on a disk.</summary>
public sealed class FaultyBlobStore(IBlobStore inner) : IBlobStore
{
    private int _remaining = int.MaxValue;

    /// <summary>Lets <paramref name="steps"/> steps succeed; the one after them fails, and then all succeed again.</summary>
    public void FailAfter(int steps) => _remaining = steps;

    /// <summary>Whether the armed failure has happened.</summary>
    public bool HasFailed => _remaining < 0;

    public async Task<IBlobWriter> CreateAsync(CancellationToken cancellation = default)
    {
        Step("create");
        return new Writer(this, await inner.CreateAsync(cancellation));
    }

    public Task<Stream> OpenAsync(string id, long offset = 0, long? length = null, CancellationToken cancellation = default)
    {
        Step("open");
        return inner.OpenAsync(id, offset, length, cancellation);
    }

    public Task DeleteAsync(string id, CancellationToken cancellation = default)
    {
        Step("delete");
        return inner.DeleteAsync(id, cancellation);
    }

    public IAsyncEnumerable<(string Id, DateTimeOffset Modified)> ListAsync(CancellationToken cancellation = default) =>
        inner.ListAsync(cancellation);

    public string? LocalPath(string id) => inner.LocalPath(id);

    private void Step(string name)
    {
        if (_remaining >= 0 && _remaining-- == 0)
        {
            throw new IOException($"No space left on device (injected at {name}).");
        }
    }

    private sealed class Writer(FaultyBlobStore store, IBlobWriter inner) : IBlobWriter
    {
        public string Id => inner.Id;

        public long Length => inner.Length;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
        {
            store.Step("write");
            return inner.WriteAsync(bytes, cancellation);
        }

        public async Task CommitAsync(CancellationToken cancellation = default)
        {
            store.Step("before commit");
            await inner.CommitAsync(cancellation);
            store.Step("after commit");
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
