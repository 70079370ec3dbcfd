using System.IO.Compression;
using System.Net;
using Google;
using Google.Api.Gax;
using Google.Apis.Storage.v1.Data;
using Google.Cloud.Storage.V1;
using Object = Google.Apis.Storage.v1.Data.Object;

namespace Cairn.Clients.Tests.Storage;

/// <summary>The official packages, told of the server by <c>STORAGE_EMULATOR_HOST</c> and nothing else.</summary>
public sealed class EmulatorHostTests(StorageServer server) : IClassFixture<StorageServer>
{
    private const string Variable = "STORAGE_EMULATOR_HOST";

    [Fact]
    public Task nodes_package_needs_no_more_than_the_emulators_host() =>
        server.RunScriptAsync("Storage/emulator.cjs", "@google-cloud/storage");

    [Fact]
    public async Task dotnets_package_needs_no_more_than_the_emulators_host()
    {
        using var client = await ConnectAsync();
        var bucket = $"dotnet-{Guid.NewGuid():n}"[..30];
        await client.CreateBucketAsync(ClientServer.Project, bucket);
        (await FailAsync(() => client.CreateBucketAsync(ClientServer.Project, bucket))).ShouldBe(HttpStatusCode.Conflict);

        await ContentsComeBackAsync(client, bucket);
        await ObjectsAreListedAndMadeOfOthersAsync(client, bucket);
        await PreconditionsHoldAsync(client, bucket);

        await foreach (var item in client.ListObjectsAsync(bucket))
        {
            await client.DeleteObjectAsync(item);
        }

        await client.DeleteBucketAsync(bucket);
        (await FailAsync(() => client.GetBucketAsync(bucket))).ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<StorageClient> ConnectAsync()
    {
        // For as long as the client is made: the programs of other tests have this process's environment.
        Environment.SetEnvironmentVariable(Variable, server.Process.Http);
        try
        {
            return await new StorageClientBuilder { EmulatorDetection = EmulatorDetection.EmulatorOnly }.BuildAsync();
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static async Task ContentsComeBackAsync(StorageClient client, string bucket)
    {
        var small = new byte[100_000];
        var large = new byte[5_000_000];
        new Random(1).NextBytes(large);
        await client.UploadObjectAsync(bucket, "ünï/small 1.bin", "x/y", new MemoryStream(small));
        await client.UploadObjectAsync(
            bucket,
            "large.bin",
            "x/y",
            new MemoryStream(large),
            new UploadObjectOptions { ChunkSize = 1 << 20 }
        );
        (await DownloadAsync(client, bucket, "ünï/small 1.bin")).ShouldBe(small);
        (await DownloadAsync(client, bucket, "large.bin")).ShouldBe(large);

        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(small);
        }

        zipped.Position = 0;
        var stored = await client.UploadObjectAsync(
            new Object
            {
                Bucket = bucket,
                Name = "zipped",
                ContentType = "x/y",
                ContentEncoding = "gzip",
            },
            zipped
        );
        stored.Size.ShouldBe((ulong)zipped.Length);
        (await DownloadAsync(client, bucket, "zipped")).Length.ShouldBeOneOf(small.Length, (int)zipped.Length);
    }

    private static async Task ObjectsAreListedAndMadeOfOthersAsync(StorageClient client, string bucket)
    {
        foreach (var i in Enumerable.Range(0, 5))
        {
            await client.UploadObjectAsync(
                bucket,
                $"list/a name of more than seventeen bytes {i}",
                "text/plain",
                new MemoryStream([(byte)('0' + i)])
            );
        }

        var names = new List<string>();
        await foreach (var item in client.ListObjectsAsync(bucket, "list/", new ListObjectsOptions { PageSize = 2 }))
        {
            names.Add(item.Name);
        }

        names.Count.ShouldBe(5);
        var sources = names.Select(static name => new ComposeRequest.SourceObjectsData { Name = name }).ToList();
        await client
            .Service.Objects.Compose(
                new ComposeRequest
                {
                    SourceObjects = sources,
                    Destination = new Object { ContentType = "text/plain" },
                },
                bucket,
                "all"
            )
            .ExecuteAsync();
        await client.CopyObjectAsync(bucket, "all", bucket, "copy");
        (await DownloadAsync(client, bucket, "copy")).ShouldBe("01234"u8.ToArray());
    }

    private static async Task PreconditionsHoldAsync(StorageClient client, string bucket)
    {
        var item = await client.GetObjectAsync(bucket, "copy");
        var change = new Object
        {
            Bucket = bucket,
            Name = "copy",
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
        };
        var changed = await client.PatchObjectAsync(change, new PatchObjectOptions { IfMetagenerationMatch = item.Metageneration });
        changed.Metadata["k"].ShouldBe("v");
        (
            await FailAsync(() => client.PatchObjectAsync(change, new PatchObjectOptions { IfMetagenerationMatch = item.Metageneration }))
        ).ShouldBe(HttpStatusCode.PreconditionFailed);
        (
            await FailAsync(() =>
                client.UploadObjectAsync(bucket, "copy", "x/y", new MemoryStream([1]), new UploadObjectOptions { IfGenerationMatch = 0 })
            )
        ).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await FailAsync(() => client.DownloadObjectAsync(bucket, "missing", Stream.Null))).ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<byte[]> DownloadAsync(StorageClient client, string bucket, string name)
    {
        using var bytes = new MemoryStream();
        await client.DownloadObjectAsync(bucket, name, bytes);
        return bytes.ToArray();
    }

    private static async Task<HttpStatusCode> FailAsync(Func<Task> call) =>
        (await Should.ThrowAsync<GoogleApiException>(call)).HttpStatusCode;
}
