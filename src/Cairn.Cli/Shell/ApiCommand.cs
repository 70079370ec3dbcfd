using System.CommandLine;

namespace Cairn.Cli.Shell;

/// <summary>A verb that calls a server.</summary>
internal abstract class ApiCommand : Command
{
    protected ApiCommand(string name, string description) : base(name, description) =>
        SetAction(async (parse, cancellation) =>
        {
            using var session = new ApiSession(parse);
            return await RunAsync(parse, session, cancellation);
        });

    /// <summary>Returns the exit code.</summary>
    protected abstract Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation);
}
