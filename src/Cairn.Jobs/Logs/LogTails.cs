using System.Runtime.CompilerServices;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Rpc;
using Google.Cloud.Logging.V2;

namespace Cairn.Jobs.Logs;

/// <summary>
/// <c>TailLogEntries</c>: entries as they arrive, until the client ends the call, for an hour at most. A later message of the client's
/// takes the place of the one before.
/// </summary>
internal sealed class LogTails(IDatabase database, LogTable table, LogBlockTable blocks, LogTailLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxHold = TimeSpan.FromMinutes(1);

    public async IAsyncEnumerable<TailLogEntriesResponse> TailAsync(
        IAsyncEnumerable<TailLogEntriesRequest> requests,
        CallContext context,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var incoming = requests.GetAsyncEnumerator(end.Token);
        Task<bool>? next = null;
        IDisposable? open = null;
        try
        {
            if (!await incoming.MoveNextAsync())
            {
                throw StatusException.InvalidArgument("The call has no message; send one with `resource_names`.");
            }

            var wanted = Read(incoming.Current, context);
            open = limits.Open(wanted.Project);
            next = incoming.MoveNextAsync().AsTask();
            var tail = new LogTail(database, table, blocks, time);
            for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Longest; )
            {
                if (await tail.LookAsync(wanted.Project, wanted.Filter, wanted.Hold, cancellation) is { } found)
                {
                    yield return found;
                }

                var pause = Task.Delay(Interval, time, cancellation);
                await (next is null ? pause : Task.WhenAny(pause, next));
                cancellation.ThrowIfCancellationRequested();
                if (next is { IsCompleted: true })
                {
                    if (!await next)
                    {
                        next = null;
                        continue;
                    }

                    var changed = Read(incoming.Current, context);
                    if (changed.Project != wanted.Project)
                    {
                        open.Dispose();
                        open = limits.Open(changed.Project);
                        tail = new LogTail(database, table, blocks, time);
                    }

                    wanted = changed;
                    next = incoming.MoveNextAsync().AsTask();
                }
            }
        }
        finally
        {
            open?.Dispose();
            await end.CancelAsync();
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await incoming.DisposeAsync();
        }
    }

    private static (string Project, LogFilter Filter, TimeSpan Hold) Read(TailLogEntriesRequest request, CallContext context)
    {
        if (request.ResourceNames is not [var resource] || ProjectName.Match(resource) is not { } project)
        {
            throw StatusException.InvalidArgument(
                $"`resource_names` is [{string.Join(", ", request.ResourceNames)}]; give one, of the form projects/PROJECT."
            );
        }

        context.RequireProject(resource);
        var hold = request.BufferWindow?.ToTimeSpan() ?? DefaultHold;
        return hold >= TimeSpan.Zero && hold <= MaxHold
            ? (project, LogFilter.Parse(request.Filter), hold)
            : throw StatusException.InvalidArgument($"`buffer_window` is {hold.TotalSeconds} s; it must be 0 to {MaxHold.TotalSeconds} s.");
    }
}
