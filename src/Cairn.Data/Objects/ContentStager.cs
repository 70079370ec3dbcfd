using Cairn.Data.Checksums;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Checksums;

namespace Cairn.Data.Objects;

/// <summary>Brings bytes into the blob store, with their checksums, in bounded memory.</summary>
public sealed class ContentStager(IBlobStore blobs, ObjectCommits commits)
{
    /// <summary>Stores a stream to its end.</summary>
    public async Task<StagedContent> StageAsync(Stream source, CancellationToken cancellation)
    {
        await using var writer = await blobs.CreateAsync(cancellation);
        using var hashes = new ObjectHashes();
        await ContentPump.CopyAsync(source, writer, hashes, cancellation);
        await writer.CommitAsync(cancellation);
        return new StagedContent(new Content(writer.Id, writer.Length, hashes.Crc32C, hashes.Md5()), commits);
    }

    /// <summary>
    /// Stores what a stream gives until it ends, or fails because the sender is gone: what had arrived by then is kept. Null where that was
    /// nothing.
    /// </summary>
    /// <returns>The content, and the failure where there was one.</returns>
    public async Task<(StagedContent? Content, Exception? Broken)> StageWhatArrivesAsync(Stream source, CancellationToken cancellation)
    {
        await using var writer = await blobs.CreateAsync(CancellationToken.None);
        using var hashes = new ObjectHashes();
        Exception? broken = null;
        try
        {
            await ContentPump.CopyAsync(source, writer, hashes, cancellation);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            broken = error;
        }

        if (writer.Length == 0)
        {
            return (null, broken);
        }

        await writer.CommitAsync(CancellationToken.None);
        return (new StagedContent(new Content(writer.Id, writer.Length, hashes.Crc32C, hashes.Md5()), commits), broken);
    }

    /// <summary>Stores several contents one after the other as one.</summary>
    /// <param name="parts">What to join; at least one.</param>
    /// <param name="wantMd5">Whether to compute the MD5; the CRC32C comes from those of the parts.</param>
    public async Task<StagedContent> JoinAsync(IReadOnlyList<Content> parts, bool wantMd5, CancellationToken cancellation)
    {
        await using var writer = await blobs.CreateAsync(cancellation);
        using var hashes = wantMd5 ? new ObjectHashes() : null;
        uint crc32c = 0;
        foreach (var part in parts)
        {
            await using var source = await blobs.OpenAsync(part.Blob, 0, null, cancellation);
            await ContentPump.CopyAsync(source, writer, hashes, cancellation);
            crc32c = Crc32C.Combine(crc32c, part.Crc32C, part.Size);
        }

        if (hashes is not null && hashes.Crc32C != crc32c)
        {
            throw new InvalidDataException(
                $"The stored parts of an upload no longer have the checksums with which they were received (blobs {string.Join(", ", parts.Select(part => part.Blob))})."
            );
        }

        await writer.CommitAsync(cancellation);
        return new StagedContent(new Content(writer.Id, writer.Length, crc32c, hashes?.Md5()), commits);
    }
}
