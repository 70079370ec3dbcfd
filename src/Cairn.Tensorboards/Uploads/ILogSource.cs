namespace Cairn.Tensorboards.Uploads;

/// <summary>An event file as its source lists it.</summary>
/// <param name="Name">Its path below the log folder, with <c>/</c>.</param>
/// <param name="Length">Its present length in bytes.</param>
/// <param name="Stamp">Changes whenever the content may have changed.</param>
public sealed record SourceFile(string Name, long Length, string Stamp)
{
    /// <summary>The run that it belongs to: its folder below the log folder, <c>.</c> for the log folder itself.</summary>
    public string Run => Name.LastIndexOf('/') is >= 0 and var slash ? Name[..slash] : ".";
}

/// <summary>A log folder, wherever it lies.</summary>
public interface ILogSource
{
    /// <summary>The event files below the folder in the order of their names.</summary>
    Task<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellation);

    Task<Stream> OpenAsync(SourceFile file, CancellationToken cancellation);
}
