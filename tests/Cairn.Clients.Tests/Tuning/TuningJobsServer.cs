namespace Cairn.Clients.Tests.Tuning;

/// <summary>A server with a bucket for what trials leave.</summary>
public sealed class TuningJobsServer : ClientServer
{
    public const string Bucket = "tuned-bucket";

    protected override Task PrepareAsync() => Rest.CreateBucketAsync(Bucket);
}
