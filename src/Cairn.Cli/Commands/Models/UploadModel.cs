using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Models;

/// <summary><c>models upload</c>, with gcloud's flags.</summary>
internal sealed class UploadModel : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name") { Description = "What people call the model.", Required = true };
    private readonly Option<string> _image = new("--container-image-uri")
    {
        Description = "What serves it: one of Vertex's prebuilt prediction images, or your own.",
        Required = true,
        HelpName = "IMAGE",
    };
    private readonly Option<string?> _artifacts = new("--artifact-uri")
    {
        Description = "The gs:// folder that holds the model's files.",
        HelpName = "URI",
    };
    private readonly Option<string?> _description = new("--description") { Description = "What the model is for." };
    private readonly Option<string?> _id = new("--model-id") { Description = "The id it gets; one is made if not given.", HelpName = "ID" };
    private readonly Option<string?> _parent = new("--parent-model")
    {
        Description = "The model of which this becomes a new version.",
        HelpName = "MODEL",
    };
    private readonly Option<string[]> _aliases = new("--version-aliases") { Description = "Names for this version.", HelpName = "ALIAS,…" };
    private readonly Option<string?> _versionDescription = new("--version-description") { Description = "What is new in this version." };
    private readonly Option<string[]> _command = new("--container-command")
    {
        Description = "What runs in the container instead of its entry point.",
        HelpName = "ARG,…",
    };
    private readonly Option<string[]> _arguments = new("--container-args")
    {
        Description = "Arguments of what runs in the container.",
        HelpName = "ARG,…",
    };
    private readonly Option<string[]> _environment = new("--container-env-vars")
    {
        Description = "Environment variables in the container.",
        HelpName = "KEY=VALUE,…",
    };
    private readonly Option<int[]> _ports = new("--container-ports")
    {
        Description = "The port that the container serves on.",
        HelpName = "PORT",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _predict = new("--container-predict-route")
    {
        Description = "The path that predictions are posted to.",
        HelpName = "PATH",
    };
    private readonly Option<string?> _health = new("--container-health-route")
    {
        Description = "The path that answers when the container is ready.",
        HelpName = "PATH",
    };
    private readonly LabelsOption _labels = new();

    public UploadModel()
        : base("upload", "Register a model, or a new version of one.")
    {
        foreach (
            var option in (Option[])
                [
                    _displayName,
                    _image,
                    _artifacts,
                    _description,
                    _id,
                    _parent,
                    _aliases,
                    _versionDescription,
                    _command,
                    _arguments,
                    _environment,
                    _ports,
                    _predict,
                    _health,
                    _labels,
                ]
        )
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var model = new Model
        {
            DisplayName = parse.GetValue(_displayName),
            Description = parse.GetValue(_description) ?? "",
            ArtifactUri = parse.GetValue(_artifacts) ?? "",
            VersionAliases = { KeyValues.List(parse.GetValue(_aliases)) },
            VersionDescription = parse.GetValue(_versionDescription) ?? "",
            ContainerSpec = new ModelContainerSpec
            {
                ImageUri = parse.GetValue(_image),
                Command = { KeyValues.List(parse.GetValue(_command)) },
                Args = { KeyValues.List(parse.GetValue(_arguments)) },
                Env =
                {
                    KeyValues
                        .Parse("--container-env-vars", parse.GetValue(_environment))
                        .Select(p => new EnvVar { Name = p.Key, Value = p.Value }),
                },
                Ports = { (parse.GetValue(_ports) ?? []).Select(p => new Port { ContainerPort = p }) },
                PredictRoute = parse.GetValue(_predict) ?? "",
                HealthRoute = parse.GetValue(_health) ?? "",
            },
        };
        _labels.Apply(parse, model.Labels);
        var request = new UploadModelRequest
        {
            Model = model,
            ModelId = parse.GetValue(_id) ?? "",
            ParentModel = parse.GetValue(_parent) is { } of ? session.Name(ModelsNoun.Collection, of) : "",
        };
        var operation = await session.Client.PostAsync<Operation>($"/v1/{session.Parent}/models:upload", request, cancellation);
        var uploaded = await session.Client.ResultAsync<UploadModelResponse>(operation, cancellation);
        session.Status.WriteLine($"Uploaded model [{uploaded.Model}], version {uploaded.ModelVersionId}.");
        session.Print(uploaded);
        return ExitCode.Ok;
    }
}
