using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.CustomJobs;

internal sealed class StreamLogs : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("custom job");

    public StreamLogs()
        : base("stream-logs", "Follow a custom job's log until it ends; the exit code is 0 where the job succeeded.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(CustomJobsNoun.Collection, parse.GetValue(_name)!);
        return await JobLog.FollowAsync(session, await session.Client.GetAsync<CustomJob>($"/v1/{full}", cancellation), cancellation);
    }
}
