using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class Predict : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("endpoint");
    private readonly Option<string> _request = new("--json-request")
    {
        Description = "A file with {\"instances\": […]}; - reads standard input.",
        Required = true,
        HelpName = "FILE",
    };

    public Predict()
        : base("predict", "Ask an endpoint for predictions.")
    {
        Add(_name);
        Add(_request);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var text = await RequestFile.ReadAsync("--json-request", parse.GetValue(_request)!, cancellation);
        PredictRequest body;
        try
        {
            body = ProtoJson.ParseStrict<PredictRequest>(text);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw CliException.Usage($"--json-request is not {{\"instances\": […]}}: {e.Message}");
        }

        session.Print(
            await session.Client.PostAsync<PredictResponse>(
                $"/v1/{session.Name(EndpointsNoun.Collection, parse.GetValue(_name)!)}:predict",
                body,
                cancellation
            )
        );
        return ExitCode.Ok;
    }
}
