namespace Cairn.Clients.Tests.Classic;

/// <summary>A server with a bucket for what classic trainings stage and leave.</summary>
public sealed class ClassicServer : ClientServer
{
    public const string Bucket = "classic";

    protected override Task PrepareAsync() => Rest.CreateBucketAsync(Bucket);
}
