using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Endpoints;

internal sealed class Predict : ApiCommand
{
    private readonly Argument<string> name = ResourceArgument.For("endpoint");
    private readonly Option<string> request = new("--json-request") { Description = "A file with {\"instances\": […]}; - reads standard input.", Required = true, HelpName = "FILE" };

    public Predict() : base("predict", "Ask an endpoint for predictions.")
    {
        Add(name);
        Add(request);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var text = await RequestFile.ReadAsync("--json-request", parse.GetValue(request)!, cancellation);
        PredictRequest body;
        try
        {
            body = ProtoJson.ParseStrict<PredictRequest>(text);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw CliException.Usage($"--json-request is not {{\"instances\": […]}}: {e.Message}");
        }

        session.Print(await session.Client.PostAsync<PredictResponse>($"/v1/{session.Name(EndpointsNoun.Collection, parse.GetValue(name)!)}:predict", body, cancellation));
        return ExitCode.Ok;
    }
}
