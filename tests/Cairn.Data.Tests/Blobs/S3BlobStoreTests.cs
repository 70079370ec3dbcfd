using Amazon.S3;
using Amazon.S3.Model;
using Cairn.Data.Blobs.S3;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;
using Cairn.Testing;

namespace Cairn.Data.Tests.Blobs;

public sealed class S3BlobStoreTests(RadosFixture fixture) : BlobStoreConformance, IClassFixture<RadosFixture>, IAsyncLifetime
{
    private IAmazonS3 _client = null!;
    private S3Address _address = null!;
    private S3BlobStore _store = null!;

    protected override IBlobStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        var gateway = fixture.Gateway;
        if (gateway.Endpoint is null)
        {
            Assert.Skip(
                $"A real S3 server needs {string.Join(", ", RadosGateway.Missing)} (Debian packages radosgw, ceph-mon, ceph-osd, ceph-mgr)."
            );
        }

        _address = S3Address.Parse(
            $"s3://blobs-{Guid.NewGuid():n}/some/prefix?endpoint={Uri.EscapeDataString(gateway.Endpoint.ToString())}"
        );
        _client = S3Clients.Create(_address, RadosGateway.AccessKey, RadosGateway.SecretKey);
        await _client.PutBucketAsync(_address.Bucket);
        _store = new S3BlobStore(_client, _address, new RandomIdSource(), TimeProvider.System);
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task a_discarded_multipart_upload_leaves_nothing_on_the_server()
    {
        await using (var writer = await _store.CreateAsync())
        {
            await writer.WriteAsync(new byte[20_000_000]);
            (await OpenUploadsAsync()).ShouldBe(1);
        }

        (await OpenUploadsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task blobs_lie_below_the_prefix_and_other_objects_are_not_blobs()
    {
        var id = await WriteAsync([1, 2, 3]);
        await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _address.Bucket,
                Key = "some/prefix/readme",
                ContentBody = "no blob",
            }
        );

        (await _client.GetObjectMetadataAsync(_address.Bucket, "some/prefix/" + id)).ContentLength.ShouldBe(3);
        var listed = new List<string>();
        await foreach (var (blob, _) in _store.ListAsync())
        {
            listed.Add(blob);
        }

        listed.ShouldBe([id]);
    }

    private async Task<int> OpenUploadsAsync() =>
        (await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _address.Bucket })).MultipartUploads?.Count
        ?? 0;
}

public sealed class S3AddressTests
{
    [Fact]
    public void an_address_has_bucket_prefix_endpoint_and_region()
    {
        S3Address.Parse("s3://b").ShouldBe(new S3Address("b", "", null, "us-east-1"));
        S3Address
            .Parse("s3://b/p/q/?endpoint=http://127.0.0.1:9000&region=eu-west-1")
            .ShouldBe(new S3Address("b", "p/q/", new Uri("http://127.0.0.1:9000"), "eu-west-1"));
    }

    [Theory]
    [InlineData("http://b")]
    [InlineData("s3://")]
    [InlineData("s3:///prefix")]
    [InlineData("s3://b?endpoint=ftp://x")]
    [InlineData("s3://b?endpoint=nowhere")]
    [InlineData("s3://b?colour=red")]
    public void what_is_no_address_is_refused_by_name(string text) =>
        Should.Throw<StatusException>(() => S3Address.Parse(text)).Message.ShouldContain(text);
}
