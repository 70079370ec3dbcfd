using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Uploads;

/// <summary>Where uploaded runs go: a server's API, or the server itself.</summary>
public interface IRunSink
{
    /// <summary>Finds a run by the name that people see, or makes it; returns its resource name.</summary>
    Task<string> OpenRunAsync(string displayName, CancellationToken cancellation);

    /// <summary>Every series of a run.</summary>
    Task<IReadOnlyList<TensorboardTimeSeries>> SeriesAsync(string run, CancellationToken cancellation);

    /// <summary>Makes series of a run, at most 1,000; those that are there by their display name are returned as they are.</summary>
    Task<IReadOnlyList<TensorboardTimeSeries>> CreateSeriesAsync(
        string run,
        IReadOnlyList<TensorboardTimeSeries> series,
        CancellationToken cancellation
    );

    Task WriteAsync(WriteTensorboardRunDataRequest request, CancellationToken cancellation);
}
