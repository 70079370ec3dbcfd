using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>Prints every point of a scalar series: step, time and value.</summary>
internal sealed class ExportSeries : ApiCommand
{
    private readonly Argument<string> _name = new("TENSORBOARD/EXPERIMENT/RUN/TIME_SERIES")
    {
        Description = "The time series: the four ids, or its full name.",
    };
    private readonly Option<string?> _filter = new("--filter") { Description = "Only what matches: step >= 100.", HelpName = "EXPRESSION" };

    public ExportSeries()
        : base("export", "Print every point of a scalar time series as CSV: step, wall time, value.")
    {
        Add(_name);
        Add(_filter);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = TensorboardNames.Full(session, parse.GetValue(_name)!, 4);
        var request = new ExportTensorboardTimeSeriesDataRequest
        {
            PageSize = 10_000,
            OrderBy = "step",
            Filter = parse.GetValue(_filter) ?? "",
        };
        session.Out.WriteLine("step,wall_time,value");
        do
        {
            var page = await session.Client.PostAsync<ExportTensorboardTimeSeriesDataResponse>(
                $"/v1/{full}:exportTensorboardTimeSeries",
                request,
                cancellation
            );
            foreach (var point in page.TimeSeriesDataPoints)
            {
                var value =
                    point.Scalar ?? throw new CliException($"'{full}' is no series of scalars; its points are read through the API.");
                session.Out.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{point.Step},{point.WallTime.ToDateTimeOffset():O},{value.Value:R}")
                );
            }

            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return ExitCode.Ok;
    }
}
