using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.CustomJobs;

/// <summary><c>custom-jobs describe</c>: the job, and its replicas where it has several.</summary>
internal sealed class DescribeCustomJob : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("custom job");

    public DescribeCustomJob()
        : base("describe", "Show one custom job.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var job = await session.Client.GetAsync<CustomJob>(
            $"/v1/{session.Name(CustomJobsNoun.Collection, parse.GetValue(_name)!)}",
            cancellation
        );
        session.Print(job);
        if (Replicas.Of(job).ToList() is { Count: > 1 } replicas)
        {
            session.Status.WriteLine("Replicas:");
            foreach (var (replica, role, image) in replicas)
            {
                session.Status.WriteLine($"  {replica, -14} {role, -28} {image}");
            }
        }

        return ExitCode.Ok;
    }
}
