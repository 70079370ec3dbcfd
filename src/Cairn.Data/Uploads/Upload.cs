namespace Cairn.Data.Uploads;

/// <summary>A resumable upload.</summary>
/// <param name="Id">Unguessable: who knows it may go on with the upload.</param>
/// <param name="Received">Bytes that are durable.</param>
/// <param name="Generation">What was published, once it was.</param>
public sealed record Upload(
    string Id,
    string Bucket,
    string Name,
    UploadRequest Request,
    long Received,
    UploadState State,
    long? Generation
);
