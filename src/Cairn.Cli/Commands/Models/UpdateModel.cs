using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Models;

internal sealed class UpdateModel : ApiCommand
{
    private readonly Argument<string> name = ResourceArgument.For("model");
    private readonly Option<string?> displayName = new("--display-name") { Description = "The new name for people." };
    private readonly Option<string?> description = new("--description") { Description = "The new description." };
    private readonly LabelsOption labels = new() { Description = "The new labels, instead of all the old ones." };

    public UpdateModel() : base("update", "Change what a model says of itself.")
    {
        Add(name);
        Add(displayName);
        Add(description);
        Add(labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(ModelsNoun.Collection, parse.GetValue(name)!);
        var model = new Model { Name = full };
        var mask = new List<string>();
        if (parse.GetValue(displayName) is { } newName)
        {
            model.DisplayName = newName;
            mask.Add("displayName");
        }

        if (parse.GetValue(description) is { } newDescription)
        {
            model.Description = newDescription;
            mask.Add("description");
        }

        if (parse.GetValue(labels) is { Length: > 0 })
        {
            labels.Apply(parse, model.Labels);
            mask.Add("labels");
        }

        if (mask.Count == 0)
        {
            throw CliException.Usage("Nothing to change: give --display-name, --description or --labels.");
        }

        session.Print(await session.Client.PatchAsync<Model>($"/v1/{full}", model, mask, cancellation));
        return ExitCode.Ok;
    }
}
