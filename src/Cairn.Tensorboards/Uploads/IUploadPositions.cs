namespace Cairn.Tensorboards.Uploads;

/// <summary>
/// How far each file was uploaded, so that an upload that was broken off goes on there. Losing it costs time alone: what is written twice
/// is there once.
/// </summary>
public interface IUploadPositions
{
    /// <summary>The position up to which a file's records are with the server; zero where nothing is known.</summary>
    Task<UploadPosition> GetAsync(string file, CancellationToken cancellation);

    Task SetAsync(string file, UploadPosition position, CancellationToken cancellation);
}
