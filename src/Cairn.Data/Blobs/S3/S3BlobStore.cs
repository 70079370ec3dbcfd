using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Time;

namespace Cairn.Data.Blobs.S3;

/// <summary>Blobs as objects of one S3 bucket, each under its id.</summary>
public sealed class S3BlobStore(IAmazonS3 client, S3Address address, IIdSource ids, TimeProvider time) : IBlobStore, IDisposable
{
    // An upload that has been open for this long belongs to a process that is gone.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(8);

    public Task<IBlobWriter> CreateAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = ids.NextHex();
        return Task.FromResult<IBlobWriter>(new S3BlobWriter(client, address.Bucket, address.Prefix + id, id));
    }

    public async Task<Stream> OpenAsync(string id, long offset = 0, long? length = null, CancellationToken cancellation = default)
    {
        var request = new GetObjectRequest { BucketName = address.Bucket, Key = Key(id) };
        // S3 has no empty ranges, and an empty object has no range at all.
        if (length is > 0)
        {
            request.ByteRange = new ByteRange(offset, offset + length.Value - 1);
        }
        else if (offset > 0 && length is null)
        {
            request.ByteRange = new ByteRange($"bytes={offset}-");
        }

        try
        {
            if (length == 0)
            {
                await client.GetObjectMetadataAsync(address.Bucket, Key(id), cancellation);
                return Stream.Null;
            }

            var response = await client.GetObjectAsync(request, cancellation);
            return new BoundedStream(response.ResponseStream, response.ContentLength);
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            throw BlobId.Missing(id);
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return Stream.Null;
        }
    }

    public async Task DeleteAsync(string id, CancellationToken cancellation = default)
    {
        if (BlobId.IsValid(id))
        {
            await client.DeleteObjectAsync(address.Bucket, address.Prefix + id, cancellation);
        }
    }

    public async IAsyncEnumerable<(string Id, DateTimeOffset Modified)> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await AbortAbandonedAsync(cancellation);
        var request = new ListObjectsV2Request { BucketName = address.Bucket, Prefix = address.Prefix };
        await foreach (var page in client.Paginators.ListObjectsV2(request).Responses.WithCancellation(cancellation))
        {
            foreach (var item in page.S3Objects ?? [])
            {
                var id = item.Key[address.Prefix.Length..];
                if (BlobId.IsValid(id) && item.LastModified is { } modified)
                {
                    yield return (id, new DateTimeOffset(modified.ToUniversalTime(), TimeSpan.Zero));
                }
            }
        }
    }

    public string? LocalPath(string id) => null;

    public void Dispose() => client.Dispose();

    private string Key(string id) => address.Prefix + BlobId.Require(id);

    private async Task AbortAbandonedAsync(CancellationToken cancellation)
    {
        var limit = time.GetUtcNow() - Abandoned;
        var request = new ListMultipartUploadsRequest { BucketName = address.Bucket, Prefix = address.Prefix };
        await foreach (var page in client.Paginators.ListMultipartUploads(request).Responses.WithCancellation(cancellation))
        {
            foreach (var upload in page.MultipartUploads ?? [])
            {
                if (upload.Initiated is { } initiated && initiated.ToUniversalTime() < limit.UtcDateTime)
                {
                    await client.AbortMultipartUploadAsync(address.Bucket, upload.Key, upload.UploadId, cancellation);
                }
            }
        }
    }
}
