using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class RawPredict : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("endpoint");
    private readonly Option<string> _request = new("--request")
    {
        Description = "The body that the model's server gets: text, or @FILE.",
        Required = true,
        HelpName = "TEXT|@FILE",
    };

    public RawPredict()
        : base("raw-predict", "Send a body to an endpoint's model as it is, and print its answer as it is.")
    {
        Add(_name);
        Add(_request);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var given = parse.GetValue(_request)!;
        var body = given.StartsWith('@') ? await RequestFile.ReadAsync("--request", given[1..], cancellation) : given;
        var answer = await session.Client.TextAsync(
            HttpMethod.Post,
            $"/v1/{session.Name(EndpointsNoun.Collection, parse.GetValue(_name)!)}:rawPredict",
            body,
            cancellation
        );
        session.Out.WriteLine(answer);
        return ExitCode.Ok;
    }
}
