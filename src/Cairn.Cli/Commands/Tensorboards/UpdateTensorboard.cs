using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Tensorboards;

internal sealed class UpdateTensorboard : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("tensorboard");
    private readonly Option<string?> _displayName = new("--display-name") { Description = "The new name for people." };
    private readonly Option<string?> _description = new("--description") { Description = "The new description." };
    private readonly Option<bool?> _isDefault = new("--default")
    {
        Description = "Whether it is the region's default one, which shows experiments that name none.",
    };
    private readonly LabelsOption _labels = new() { Description = "The new labels, instead of all the old ones." };

    public UpdateTensorboard()
        : base("update", "Change what a tensorboard says of itself.")
    {
        Add(_name);
        Add(_displayName);
        Add(_description);
        Add(_isDefault);
        Add(_labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(TensorboardNoun.Collection, parse.GetValue(_name)!);
        var board = new Tensorboard { Name = full };
        var mask = new List<string>();
        if (parse.GetValue(_displayName) is { } newName)
        {
            board.DisplayName = newName;
            mask.Add("displayName");
        }

        if (parse.GetValue(_description) is { } newDescription)
        {
            board.Description = newDescription;
            mask.Add("description");
        }

        if (parse.GetValue(_isDefault) is { } wanted)
        {
            board.IsDefault = wanted;
            mask.Add("isDefault");
        }

        if (parse.GetValue(_labels) is { Length: > 0 })
        {
            _labels.Apply(parse, board.Labels);
            mask.Add("labels");
        }

        if (mask.Count == 0)
        {
            throw CliException.Usage("Nothing to change: give --display-name, --description, --default or --labels.");
        }

        var operation = await session.Client.PatchAsync<Operation>($"/v1/{full}", board, mask, cancellation);
        session.Print(await session.Client.ResultAsync<Tensorboard>(operation, cancellation));
        return ExitCode.Ok;
    }
}
