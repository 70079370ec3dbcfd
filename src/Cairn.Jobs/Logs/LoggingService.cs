using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Time;
using Google.Cloud.Logging.V2;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Logs;

/// <summary>The Cloud Logging API's <c>LoggingServiceV2</c>: write, list, tail, delete.</summary>
internal sealed class LoggingService(
    LogStore store,
    LogTails tails,
    IDatabase database,
    LogTable table,
    LogBlockTable blocks,
    IIdSource ids,
    TimeProvider time
) : IRpcService
{
    private const int DefaultPage = 50;
    private const int MaxPage = 1000;
    private const int MaxEntries = 5000;
    private const int MaxEntryBytes = 256 << 10;
    private const int MaxInsertId = 512;

    public ServiceDescriptor Descriptor => LoggingReflection.Descriptor.FindTypeByName<ServiceDescriptor>("LoggingServiceV2");

    [Permission("logging.logEntries.create")]
    public async Task<WriteLogEntriesResponse> WriteLogEntries(WriteLogEntriesRequest request, CallContext context)
    {
        if (request.Entries.Count > MaxEntries)
        {
            throw StatusException.InvalidArgument($"`entries` has {request.Entries.Count} entries; one call takes at most {MaxEntries}.");
        }

        var entries = request.Entries.Select(entry => Complete(entry, request)).ToList();
        foreach (var name in entries.Select(entry => entry.LogName).Distinct())
        {
            context.RequireProject(name);
        }

        if (!request.DryRun)
        {
            await store.WriteAsync(entries, context.Cancellation);
        }

        return new WriteLogEntriesResponse();
    }

    [Permission("logging.logEntries.list")]
    public async Task<ListLogEntriesResponse> ListLogEntries(ListLogEntriesRequest request, CallContext context)
    {
        if (request.ResourceNames is not [var resource])
        {
            throw StatusException.InvalidArgument(
                $"`resource_names` has {request.ResourceNames.Count} entries; give one, of the form projects/PROJECT."
            );
        }

        context.RequireProject(resource);
        var project = ProjectName.Parse(resource, "resource_names");
        var descending = request.OrderBy.Trim().ToLowerInvariant() switch
        {
            "" or "timestamp" or "timestamp asc" => false,
            "timestamp desc" => true,
            _ => throw StatusException.InvalidArgument(
                $"`order_by` is '{request.OrderBy}'; it must be 'timestamp asc' or 'timestamp desc'."
            ),
        };
        if (request.PageSize < 0)
        {
            throw StatusException.InvalidArgument($"`page_size` is {request.PageSize}; it must not be negative.");
        }

        var query = $"{project}\n{descending}\n{request.Filter}";
        var (entries, next) = await store.ReadAsync(
            project,
            LogFilter.Parse(request.Filter),
            descending,
            LogPageToken.Read(query, request.PageToken),
            request.PageSize == 0 ? DefaultPage : Math.Min(request.PageSize, MaxPage),
            context.Cancellation
        );
        return new ListLogEntriesResponse
        {
            Entries = { entries },
            NextPageToken = next is { } position ? LogPageToken.Write(query, position) : "",
        };
    }

    [Permission("logging.logEntries.list")]
    public IAsyncEnumerable<TailLogEntriesResponse> TailLogEntries(IAsyncEnumerable<TailLogEntriesRequest> requests, CallContext context) =>
        tails.TailAsync(requests, context, context.Cancellation);

    [Permission("logging.logs.list")]
    public async Task<ListLogsResponse> ListLogs(ListLogsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var project = ProjectName.Parse(request.Parent, "parent");
        var size = request.PageSize switch
        {
            < 0 => throw StatusException.InvalidArgument($"`page_size` is {request.PageSize}; it must not be negative."),
            0 => DefaultPage,
            _ => Math.Min(request.PageSize, MaxPage),
        };
        var after = LogPageToken.Read(request.Parent, request.PageToken)?.Log ?? "";
        var names = await database.ReadAsync(session => Names(session, project, after, size + 1), context.Cancellation);
        var response = new ListLogsResponse { LogNames = { names.Take(size).Select(name => $"projects/{project}/logs/{name}") } };
        if (names.Count > size)
        {
            response.NextPageToken = LogPageToken.Write(request.Parent, new LogPosition(0, "", names[size - 1]));
        }

        return response;
    }

    [Permission("logging.logs.delete")]
    public async Task<Empty> DeleteLog(DeleteLogRequest request, CallContext context)
    {
        context.RequireProject(request.LogName);
        var name = LogName.Parse(request.LogName);
        var deleted = await database.WriteAsync(
            session => table.DeleteLog(session, name.Project, name.Log) + blocks.DeleteLog(session, name.Project, name.Log),
            context.Cancellation
        );
        return deleted > 0 ? new Empty() : throw StatusException.NotFound($"The log '{request.LogName}' does not exist.");
    }

    private List<string> Names(ISqlSession session, string project, string after, int limit) =>
        [
            .. table
                .Names(session, project, after, limit)
                .Union(blocks.Names(session, project, after, limit))
                .Order(StringComparer.Ordinal)
                .Take(limit),
        ];

    /// <summary>An entry with what it takes from the request, and with the time and id that it lacks.</summary>
    private LogEntry Complete(LogEntry entry, WriteLogEntriesRequest request)
    {
        var complete = entry.Clone();
        complete.LogName = entry.LogName.Length > 0 ? entry.LogName : request.LogName;
        _ = LogName.Parse(complete.LogName);
        complete.Resource ??= request.Resource?.Clone() ?? new Google.Api.MonitoredResource { Type = "global" };
        foreach (var (key, value) in request.Labels.Where(label => !entry.Labels.ContainsKey(label.Key)))
        {
            complete.Labels[key] = value;
        }

        complete.ReceiveTimestamp = time.GetUtcNow().ToTimestamp();
        complete.Timestamp ??= complete.ReceiveTimestamp.Clone();
        LogTimes.Require(complete.Timestamp, complete.LogName);
        complete.InsertId = entry.InsertId.Length > 0 ? entry.InsertId : ids.NextHex();
        if (complete.InsertId.Length > MaxInsertId || complete.InsertId.Contains('\n', StringComparison.Ordinal))
        {
            throw StatusException.InvalidArgument(
                $"An entry of '{complete.LogName}' has an `insert_id` of {complete.InsertId.Length} characters; at most {MaxInsertId} without line ends are allowed."
            );
        }

        if (complete.CalculateSize() is var size and > MaxEntryBytes)
        {
            throw StatusException.InvalidArgument(
                $"An entry of '{complete.LogName}' has {size} bytes; at most {MaxEntryBytes} are allowed."
            );
        }

        return complete;
    }
}
