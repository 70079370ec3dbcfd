namespace Cairn.Kernel.Blobs;

/// <summary>A blob being written. Disposing without a commit discards it.</summary>
public interface IBlobWriter : IAsyncDisposable
{
    /// <summary>The id the blob will have: lower-case hexadecimal digits, made by the server.</summary>
    string Id { get; }

    /// <summary>Bytes written so far.</summary>
    long Length { get; }

    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default);

    /// <summary>Makes the blob durable (fsync of file and directory, or the S3 upload's completion) and readable.</summary>
    Task CommitAsync(CancellationToken cancellation = default);
}
