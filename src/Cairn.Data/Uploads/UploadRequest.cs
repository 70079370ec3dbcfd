using Cairn.Data.Checksums;
using Cairn.Data.Objects;

namespace Cairn.Data.Uploads;

/// <summary>What a resumable upload was begun with, and will be published with.</summary>
/// <param name="Metadata">The object's.</param>
/// <param name="Preconditions">Looked at when the upload begins, and again when it is published.</param>
/// <param name="Expected">Checksums of the whole.</param>
/// <param name="Size">The announced size in bytes, or null.</param>
public sealed record UploadRequest(ObjectMetadata Metadata, Preconditions Preconditions, ExpectedHashes Expected, long? Size = null);
