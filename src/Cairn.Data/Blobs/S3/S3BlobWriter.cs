using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.Kernel.Blobs;

namespace Cairn.Data.Blobs.S3;

/// <summary>
/// One blob on its way to S3: a single put where it fits one buffer, else a multipart upload, of which nothing can be read until it is completed. The
/// parts grow with their number, so that S3's limit of 10,000 is reached far beyond its limit of 5 TB.
/// </summary>
internal sealed class S3BlobWriter(IAmazonS3 client, string bucket, string key, string id) : IBlobWriter
{
    private const int FirstPart = 8 << 20;
    private const int LargestPart = 1 << 30;
    private const int PartsBeforeGrowth = 500;

    private readonly List<PartETag> parts = [];
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstPart);
    private int partSize = FirstPart;
    private int buffered;
    private long uploaded;
    private string? upload;
    private bool committed;
    private bool disposed;

    public string Id => id;

    public long Length => uploaded + buffered;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        while (bytes.Length > 0)
        {
            if (buffered == partSize)
            {
                await UploadPartAsync(cancellation).ConfigureAwait(false);
            }

            var count = Math.Min(bytes.Length, partSize - buffered);
            bytes.Span[..count].CopyTo(buffer.AsSpan(buffered));
            buffered += count;
            bytes = bytes[count..];
        }
    }

    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        if (upload is null)
        {
            using var content = Buffered();
            await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, InputStream = content }, cancellation).ConfigureAwait(false);
        }
        else
        {
            await UploadPartAsync(cancellation).ConfigureAwait(false);
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts },
                cancellation).ConfigureAwait(false);
        }

        committed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        ArrayPool<byte>.Shared.Return(buffer);
        if (!committed && upload is not null)
        {
            try
            {
                await client.AbortMultipartUploadAsync(bucket, key, upload).ConfigureAwait(false);
            }
            catch (AmazonS3Exception)
            {
                // The failure that led here is the one to report; the upload is aborted with the other abandoned ones later.
            }
        }
    }

    private async Task UploadPartAsync(CancellationToken cancellation)
    {
        upload ??= (await client.InitiateMultipartUploadAsync(bucket, key, cancellation).ConfigureAwait(false)).UploadId;
        using var content = Buffered();
        var response = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = upload,
                PartNumber = parts.Count + 1,
                PartSize = buffered,
                InputStream = content,
            },
            cancellation).ConfigureAwait(false);
        parts.Add(new PartETag(parts.Count + 1, response.ETag));
        uploaded += buffered;
        buffered = 0;
        if (parts.Count % PartsBeforeGrowth == 0 && partSize < LargestPart)
        {
            partSize *= 2;
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(partSize);
        }
    }

    private MemoryStream Buffered() => new(buffer, 0, buffered, writable: false);
}
