using System.CommandLine;

namespace Cairn.Cli.Shell;

/// <summary>A verb that calls a server.</summary>
internal abstract class ApiCommand : Command
{
    protected ApiCommand(string name, string description)
        : base(name, description) =>
        SetAction(
            async (parse, cancellation) =>
            {
                using var session = new ApiSession(parse, OwnFormats);
                return await RunAsync(parse, session, cancellation);
            }
        );

    /// <summary>Formats that this verb prints beside those of every verb.</summary>
    protected virtual IReadOnlyList<string> OwnFormats => [];

    /// <summary>Returns the exit code.</summary>
    protected abstract Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation);
}
