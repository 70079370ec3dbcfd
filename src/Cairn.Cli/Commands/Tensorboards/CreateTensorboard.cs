using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Tensorboards;

internal sealed class CreateTensorboard : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name")
    {
        Description = "What people call the tensorboard.",
        Required = true,
    };
    private readonly Option<string?> _description = new("--description") { Description = "What it is for." };
    private readonly Option<bool> _isDefault = new("--default")
    {
        Description = "Make it the region's default one, which shows experiments that name none.",
    };
    private readonly LabelsOption _labels = new();

    public CreateTensorboard()
        : base("create", "Create a tensorboard.")
    {
        Add(_displayName);
        Add(_description);
        Add(_isDefault);
        Add(_labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var tensorboard = new Tensorboard
        {
            DisplayName = parse.GetValue(_displayName),
            Description = parse.GetValue(_description) ?? "",
            IsDefault = parse.GetValue(_isDefault),
        };
        _labels.Apply(parse, tensorboard.Labels);
        var operation = await session.Client.PostAsync<Operation>(
            $"/v1/{session.Parent}/{TensorboardNoun.Collection}",
            tensorboard,
            cancellation
        );
        var created = await session.Client.ResultAsync<Tensorboard>(operation, cancellation);
        session.Status.WriteLine($"Created tensorboard [{created.Name}].");
        session.Print(created);
        return ExitCode.Ok;
    }
}
