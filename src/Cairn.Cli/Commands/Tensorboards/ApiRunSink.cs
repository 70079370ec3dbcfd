using Cairn.Cli.Api;
using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Uploads;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>Writes runs of one experiment through the API.</summary>
internal sealed class ApiRunSink(CairnClient client, string experiment) : IRunSink
{
    public Task<string> OpenRunAsync(string displayName, CancellationToken cancellation) =>
        RefusingAsync(async () =>
        {
            var id = ResourceIds.FromName(displayName);
            var run = await client.GetOrCreateAsync<TensorboardRun>(
                $"/v1/{experiment}/runs/{id}",
                $"/v1/{experiment}/runs?tensorboardRunId={id}",
                new TensorboardRun { DisplayName = displayName },
                cancellation
            );
            return run.Name;
        });

    public async Task<IReadOnlyList<TensorboardTimeSeries>> SeriesAsync(string run, CancellationToken cancellation)
    {
        var all = new List<TensorboardTimeSeries>();
        await foreach (
            var series in client.ListAsync<ListTensorboardTimeSeriesResponse, TensorboardTimeSeries>(
                $"/v1/{run}/timeSeries",
                new ListRequest(PageSize: 1000),
                static page => (page.TensorboardTimeSeries, page.NextPageToken),
                cancellation
            )
        )
        {
            all.Add(series);
        }

        return all;
    }

    public Task<IReadOnlyList<TensorboardTimeSeries>> CreateSeriesAsync(
        string run,
        IReadOnlyList<TensorboardTimeSeries> series,
        CancellationToken cancellation
    ) => RefusingAsync(() => CreateMissingAsync(run, series, cancellation));

    private async Task<IReadOnlyList<TensorboardTimeSeries>> CreateMissingAsync(
        string run,
        IReadOnlyList<TensorboardTimeSeries> series,
        CancellationToken cancellation
    )
    {
        try
        {
            return await CreateAsync(run, series, cancellation);
        }
        catch (ApiException e)
            when (e.Status == "ALREADY_EXISTS"
                || (e.Status == "INVALID_ARGUMENT" && e.Message.Contains("already exist", StringComparison.Ordinal))
            )
        {
            // Somebody else writes to the run as well: what is there by now is taken, and the rest made.
            var there = (await SeriesAsync(run, cancellation)).ToDictionary(static known => known.DisplayName);
            var missing = series.Where(wanted => !there.ContainsKey(wanted.DisplayName)).ToList();
            var made = missing.Count == 0 ? [] : await CreateAsync(run, missing, cancellation);
            return [.. series.Where(wanted => there.ContainsKey(wanted.DisplayName)).Select(wanted => there[wanted.DisplayName]), .. made];
        }
    }

    public Task WriteAsync(WriteTensorboardRunDataRequest request, CancellationToken cancellation) =>
        RefusingAsync(() =>
            client.PostAsync<WriteTensorboardRunDataResponse>($"/v1/{request.TensorboardRun}:write", request, cancellation)
        );

    /// <summary>Tells what the server refused of one item from what went wrong on the way.</summary>
    private static async Task<T> RefusingAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ApiException error)
            when (Enum.TryParse<Code>(error.Status.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var code)
                && Refusal.Is(code)
            )
        {
            throw new StatusException(code, error.Message);
        }
    }

    private async Task<IReadOnlyList<TensorboardTimeSeries>> CreateAsync(
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
        return (
            await client.PostAsync<BatchCreateTensorboardTimeSeriesResponse>($"/v1/{experiment}:batchCreate", request, cancellation)
        ).TensorboardTimeSeries;
    }
}
