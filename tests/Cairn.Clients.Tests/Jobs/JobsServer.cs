namespace Cairn.Clients.Tests.Jobs;

/// <summary>A server with a bucket for packages.</summary>
public sealed class JobsServer : ClientServer
{
    public const string Bucket = "demo-bucket";

    public Task UploadAsync(string name, byte[] content) => Rest.UploadAsync(Bucket, name, content);

    protected override Task PrepareAsync() => Rest.CreateBucketAsync(Bucket);
}
