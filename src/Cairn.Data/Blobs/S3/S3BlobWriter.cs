using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.Kernel.Blobs;

namespace Cairn.Data.Blobs.S3;

/// <summary>
/// One blob on its way to S3: a single put where it fits one buffer, else a multipart upload, of which nothing can be read until it is
/// completed. The parts grow with their number, so that S3's limit of 10,000 is reached far beyond its limit of 5 TB.
/// </summary>
internal sealed class S3BlobWriter(IAmazonS3 client, string bucket, string key, string id) : IBlobWriter
{
    private const int FirstPart = 8 << 20;
    private const int LargestPart = 1 << 30;
    private const int PartsBeforeGrowth = 500;

    private readonly List<PartETag> _parts = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstPart);
    private int _partSize = FirstPart;
    private int _buffered;
    private long _uploaded;
    private string? _upload;
    private bool _committed;
    private bool _disposed;

    public string Id => id;

    public long Length => _uploaded + _buffered;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (bytes.Length > 0)
        {
            if (_buffered == _partSize)
            {
                await UploadPartAsync(cancellation);
            }

            var count = Math.Min(bytes.Length, _partSize - _buffered);
            bytes.Span[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            bytes = bytes[count..];
        }
    }

    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        if (_upload is null)
        {
            using var content = Buffered();
            await client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = bucket,
                    Key = key,
                    InputStream = content,
                },
                cancellation
            );
        }
        else
        {
            await UploadPartAsync(cancellation);
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = _upload,
                    PartETags = _parts,
                },
                cancellation
            );
        }

        _committed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        ArrayPool<byte>.Shared.Return(_buffer);
        if (!_committed && _upload is not null)
        {
            try
            {
                await client.AbortMultipartUploadAsync(bucket, key, _upload);
            }
            catch (AmazonS3Exception)
            {
                // The failure that led here is the one to report; the upload is aborted with the other abandoned ones later.
            }
        }
    }

    private async Task UploadPartAsync(CancellationToken cancellation)
    {
        _upload ??= (await client.InitiateMultipartUploadAsync(bucket, key, cancellation)).UploadId;
        using var content = Buffered();
        var response = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = _upload,
                PartNumber = _parts.Count + 1,
                PartSize = _buffered,
                InputStream = content,
            },
            cancellation
        );
        _parts.Add(new PartETag(_parts.Count + 1, response.ETag));
        _uploaded += _buffered;
        _buffered = 0;
        if (_parts.Count % PartsBeforeGrowth == 0 && _partSize < LargestPart)
        {
            _partSize *= 2;
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(_partSize);
        }
    }

    private MemoryStream Buffered() => new(_buffer, 0, _buffered, writable: false);
}
