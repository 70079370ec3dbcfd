using System.Security.Cryptography;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Data.Uploads;
using Cairn.Kernel.Checksums;
using Cairn.Kernel.Errors;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Data.Tests.Uploads;

public sealed class ResumableUploadsTests : IAsyncLifetime
{
    private static readonly UploadRequest Plain = new(
        new ObjectMetadata { ContentType = "text/x" },
        Preconditions.None,
        ExpectedHashes.None
    );

    private DataFixture _data = null!;

    private ResumableUploads Uploads => _data.Get<ResumableUploads>();

    public async ValueTask InitializeAsync() => _data = await DataFixture.StartAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    public async Task pieces_become_one_object_with_its_checksums(int pieces)
    {
        var bytes = Random(1_000_000);
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);

        ObjectRecord? published = null;
        for (var i = 0; i < pieces; i++)
        {
            published.ShouldBeNull();
            var (from, to) = (bytes.Length * i / pieces, bytes.Length * (i + 1) / pieces);
            published = await SendAsync(id, $"bytes {from}-{to - 1}/{(i == pieces - 1 ? bytes.Length : "*")}", bytes[from..to]);
        }

        published!.Content.Size.ShouldBe(bytes.Length);
        published.Content.Md5.ShouldBe(Convert.ToBase64String(MD5.HashData(bytes)));
        published.Metadata.ContentType.ShouldBe("text/x");
        (await BytesAsync("a")).ShouldBe(bytes);
        (await BlobCountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task an_empty_object_is_uploaded()
    {
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);
        (await SendAsync(id, "bytes */0", []))!.Content.Size.ShouldBe(0);
    }

    [Fact]
    public async Task what_was_acknowledged_survives_the_server()
    {
        using var directory = new TemporaryDirectory();
        var bytes = Random(300_000);
        string id;
        await using (var first = await DataFixture.StartAsync(directory.Path))
        {
            id = await first.Get<ResumableUploads>().BeginAsync(DataFixture.Bucket, "a", Plain, default);
            await first
                .Get<ResumableUploads>()
                .ReceiveAsync(
                    id,
                    UploadRange.Parse("bytes 0-99999/300000"),
                    new MemoryStream(bytes[..100_000]),
                    ExpectedHashes.None,
                    default
                );
        }

        await using var second = await DataFixture.StartAsync(directory.Path);
        var uploads = second.Get<ResumableUploads>();
        (
            await uploads.ReceiveAsync(id, UploadRange.Parse("bytes */300000"), Stream.Null, ExpectedHashes.None, default)
        ).Upload.Received.ShouldBe(100_000);
        var (_, published) = await uploads.ReceiveAsync(
            id,
            UploadRange.Parse("bytes 100000-299999/300000"),
            new MemoryStream(bytes[100_000..]),
            ExpectedHashes.None,
            default
        );

        published!.Content.Md5.ShouldBe(Convert.ToBase64String(MD5.HashData(bytes)));
        // The answer may be lost: whoever asks again gets the object again.
        (
            await uploads.ReceiveAsync(id, UploadRange.Parse("bytes */300000"), Stream.Null, ExpectedHashes.None, default)
        ).Published.ShouldBe(published);
    }

    [Fact]
    public async Task what_had_arrived_when_the_connection_broke_is_kept()
    {
        var bytes = Random(500_000);
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);

        await Should.ThrowAsync<IOException>(() => SendAsync(id, "bytes 0-499999/500000", new BreakingStream(bytes[..300_000])));
        (await Uploads.GetAsync(id, default)).Received.ShouldBe(300_000);
        await SendAsync(id, "bytes 300000-499999/500000", bytes[300_000..]);

        (await BytesAsync("a")).ShouldBe(bytes);
    }

    [Fact]
    public async Task bytes_that_are_sent_again_are_taken_once()
    {
        var bytes = Random(1000);
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);

        await SendAsync(id, "bytes 0-599/*", bytes[..600]);
        await SendAsync(id, "bytes 200-999/1000", bytes[200..]);

        (await BytesAsync("a")).ShouldBe(bytes);
    }

    [Fact]
    public async Task a_gap_is_refused_and_a_body_longer_than_announced_too()
    {
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);

        (await Should.ThrowAsync<StatusException>(() => SendAsync(id, "bytes 100-199/*", new byte[100]))).Message.ShouldContain(
            "100 byte(s)"
        );
        (await Should.ThrowAsync<StatusException>(() => SendAsync(id, "bytes 0-9/*", new byte[11]))).Code.ShouldBe(Code.InvalidArgument);
        (await Uploads.GetAsync(id, default)).Received.ShouldBe(0);
        (await BlobCountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task a_wrong_checksum_publishes_nothing_and_leaves_nothing()
    {
        await _data.PutAsync("a", "old");
        var request = Plain with { Expected = new ExpectedHashes(Crc32C: "AAAAAA==") };
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", request, default);

        await SendAsync(id, "bytes 0-4/*", new byte[5]);
        (await Should.ThrowAsync<StatusException>(() => SendAsync(id, "bytes 5-9/10", new byte[5]))).Message.ShouldContain("CRC32C");

        (await _data.ReadAsync("a")).ShouldBe("old");
        (await BlobCountAsync()).ShouldBe(1);
        (await Should.ThrowAsync<StatusException>(() => SendAsync(id, "bytes */10", []))).Code.ShouldBe(Code.Cancelled);
    }

    [Fact]
    public async Task a_precondition_is_looked_at_again_at_the_end()
    {
        var id = await Uploads.BeginAsync(
            DataFixture.Bucket,
            "a",
            Plain with
            {
                Preconditions = new Preconditions(GenerationMatch: 0),
            },
            default
        );
        await _data.PutAsync("a", "first");

        DataErrors
            .ReasonOf(await Should.ThrowAsync<StatusException>(() => SendAsync(id, "bytes 0-4/5", new byte[5])))
            .ShouldBe(DataErrors.ConditionNotMet);
        (await _data.ReadAsync("a")).ShouldBe("first");
        (await BlobCountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task a_cancelled_upload_is_gone_with_its_bytes()
    {
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);
        await SendAsync(id, "bytes 0-9/*", new byte[10]);

        await Uploads.CancelAsync(id, default);

        (await BlobCountAsync()).ShouldBe(0);
        (await Should.ThrowAsync<StatusException>(() => SendAsync(id, "bytes 10-19/20", new byte[10]))).Code.ShouldBe(Code.Cancelled);
    }

    [Fact]
    public async Task a_client_that_comes_back_ends_its_own_stalled_request()
    {
        var id = await Uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);
        using var stalled = new StallingStream(new byte[1000]);
        var first = SendAsync(id, "bytes 0-1999/2000", stalled);
        await stalled.Waiting.WaitAsync(TimeSpan.FromSeconds(30));

        var (upload, _) = await Uploads.ReceiveAsync(id, UploadRange.Parse("bytes */2000"), Stream.Null, ExpectedHashes.None, default);

        upload.Received.ShouldBe(1000);
        await Should.ThrowAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task an_upload_that_nobody_continues_expires()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var other = await DataFixture.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var uploads = other.Get<ResumableUploads>();
        var id = await uploads.BeginAsync(DataFixture.Bucket, "a", Plain, default);
        await uploads.ReceiveAsync(id, UploadRange.Parse("bytes 0-9/*"), new MemoryStream(new byte[10]), ExpectedHashes.None, default);

        clock.Advance(TimeSpan.FromDays(6));
        (await uploads.ExpireAsync(default)).ShouldBe(0);
        clock.Advance(TimeSpan.FromDays(2));
        (await uploads.ExpireAsync(default)).ShouldBe(1);

        (await Should.ThrowAsync<StatusException>(() => uploads.GetAsync(id, default))).Code.ShouldBe(Code.NotFound);
        await foreach (var blob in other.Blobs.ListAsync())
        {
            Assert.Fail($"Blob {blob.Id} is left.");
        }
    }

    private Task<ObjectRecord?> SendAsync(string id, string range, byte[] bytes) => SendAsync(id, range, new MemoryStream(bytes));

    private async Task<ObjectRecord?> SendAsync(string id, string range, Stream body) =>
        (await Uploads.ReceiveAsync(id, UploadRange.Parse(range), body, ExpectedHashes.None, default)).Published;

    private async Task<byte[]> BytesAsync(string name)
    {
        await using var stream = await _data.Objects.OpenAsync(new GsUri(DataFixture.Bucket, name));
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<int> BlobCountAsync()
    {
        var count = 0;
        await foreach (var _ in _data.Blobs.ListAsync())
        {
            count++;
        }

        return count;
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
