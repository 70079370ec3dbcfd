using System.CommandLine;
using Cairn.Cli.Commands.CustomJobs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.Logging.V2;

namespace Cairn.Cli.Commands.Logs;

/// <summary>Prints what a job has logged so far: by lines, or as entries where a format is asked for.</summary>
internal sealed class LogListing
{
    private const int DefaultLimit = 1_000;
    private const int PageSize = 1_000;

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "Only entries that match, in the Logging API's language: severity>=WARNING AND jsonPayload.message:loss.",
        HelpName = "EXPRESSION",
    };
    private readonly Option<int> _limit = new("--limit")
    {
        Description = "The last so many entries.",
        HelpName = "N",
        DefaultValueFactory = static _ => DefaultLimit,
    };

    public void AddTo(Command command)
    {
        command.Add(_filter);
        command.Add(_limit);
    }

    /// <param name="parse">The command line.</param>
    /// <param name="session">Whose server is asked.</param>
    /// <param name="job">The job's full name; the job itself may have been deleted.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<int> PrintAsync(ParseResult parse, ApiSession session, string job, CancellationToken cancellation)
    {
        var most = parse.GetValue(_limit);
        if (most <= 0)
        {
            throw CliException.Usage($"--limit is {most}; it must be at least 1.");
        }

        var parts = job.Split('/');
        var entries = await LastAsync(session, $"projects/{parts[1]}", Filter(parts[^1], parse.GetValue(_filter)), most, cancellation);
        if (session.Format is not null)
        {
            await session.Printer.ManyAsync(
                entries.Select(static entry => ProtoJson(entry)).ToAsyncEnumerable(),
                [new("TIME", "timestamp"), new("SEVERITY", "severity"), new("MESSAGE", "jsonPayload.message")],
                cancellation
            );
            return ExitCode.Ok;
        }

        // The job itself may be gone; its entries tell whether it had more than one replica.
        var several = entries.Select(JobLog.Source).Any(static source => source is not "service" and not "workerpool0-0");
        foreach (var entry in entries)
        {
            session.Out.WriteLine(JobLog.Line(entry, several));
        }

        return ExitCode.Ok;
    }

    private static string ProtoJson(LogEntry entry) => Api.ProtoJson.Format(entry);

    private static string Filter(string job, string? given) =>
        $"resource.type=\"ml_job\" AND resource.labels.job_id=\"{job}\"{(string.IsNullOrWhiteSpace(given) ? "" : $" AND ({given})")}";

    /// <summary>The last entries, oldest first.</summary>
    private static async Task<List<LogEntry>> LastAsync(
        ApiSession session,
        string resource,
        string filter,
        int most,
        CancellationToken cancellation
    )
    {
        var entries = new List<LogEntry>();
        var request = new ListLogEntriesRequest
        {
            ResourceNames = { resource },
            Filter = filter,
            OrderBy = "timestamp desc",
        };
        do
        {
            request.PageSize = Math.Min(PageSize, most - entries.Count);
            var page = await session.Client.PostAsync<ListLogEntriesResponse>("/v2/entries:list", request, cancellation);
            entries.AddRange(page.Entries);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0 && entries.Count < most);
        entries.Reverse();
        return entries;
    }
}
