using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Service;
using Cairn.Tensorboards.Uploads;
using Cairn.Tracking.Tests.Tensorboards;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>Uploads to the service in this process; a run whose name has "refused" in it is refused.</summary>
internal sealed class ServiceSink(TensorboardService service, string experiment) : IRunSink
{
    public async Task<string> OpenRunAsync(string displayName, CancellationToken cancellation)
    {
        if (displayName.Contains("refused", StringComparison.Ordinal))
        {
            throw StatusException.FailedPrecondition("This run is refused.");
        }

        var id = ResourceIds.FromName(displayName);
        try
        {
            return (
                await service.GetTensorboardRun(new GetTensorboardRunRequest { Name = $"{experiment}/runs/{id}" }, TensorboardHost.Call)
            ).Name;
        }
        catch (StatusException)
        {
            return (
                await service.CreateTensorboardRun(
                    new CreateTensorboardRunRequest
                    {
                        Parent = experiment,
                        TensorboardRunId = id,
                        TensorboardRun = new TensorboardRun { DisplayName = displayName },
                    },
                    TensorboardHost.Call
                )
            ).Name;
        }
    }

    public async Task<IReadOnlyList<TensorboardTimeSeries>> SeriesAsync(string run, CancellationToken cancellation) =>
        (
            await service.ListTensorboardTimeSeries(
                new ListTensorboardTimeSeriesRequest { Parent = run, PageSize = 1000 },
                TensorboardHost.Call
            )
        ).TensorboardTimeSeries;

    public async Task<IReadOnlyList<TensorboardTimeSeries>> CreateSeriesAsync(
        string run,
        IReadOnlyList<TensorboardTimeSeries> series,
        CancellationToken cancellation
    )
    {
        var request = new BatchCreateTensorboardTimeSeriesRequest
        {
            Parent = experiment,
            Requests = { series.Select(wanted => new CreateTensorboardTimeSeriesRequest { Parent = run, TensorboardTimeSeries = wanted }) },
        };
        return (await service.BatchCreateTensorboardTimeSeries(request, TensorboardHost.Call)).TensorboardTimeSeries;
    }

    public Task WriteAsync(WriteTensorboardRunDataRequest request, CancellationToken cancellation) =>
        service.WriteTensorboardRunData(request, TensorboardHost.Call);
}
