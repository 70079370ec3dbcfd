using System.CommandLine;
using Cairn.Cli.Commands.Tune;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Cli.Commands.Studies;

internal sealed class CreateStudy : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name")
    {
        Description = "What people call the study; unique in its region.",
        Required = true,
    };
    private readonly Option<string[]> _metrics = new("--metric")
    {
        Description = "What to optimise, and which way. Again for more.",
        HelpName = "NAME:max|min",
        Required = true,
    };
    private readonly Option<string[]> _parameters = new("--param")
    {
        Description = "What to tune: lr=log:1e-4..1e-1, depth=int:2..10, width=list:16,32,64, optimizer=sgd,adam. Again for more.",
        HelpName = "NAME=SPACE",
        Required = true,
    };
    private readonly Option<string> _algorithm = new Option<string>("--algorithm")
    {
        Description = "default, grid or random.",
        DefaultValueFactory = static _ => "default",
    }.AcceptOnlyFromAmong("default", "grid", "random");

    public CreateStudy()
        : base("create", "Create a study.")
    {
        Add(_displayName);
        Add(_metrics);
        Add(_parameters);
        Add(_algorithm);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var spec = new StudySpec
        {
            Metrics = { parse.GetValue(_metrics)!.Select(MetricFlag.Parse) },
            Parameters = { parse.GetValue(_parameters)!.Select(ParameterFlag.Parse) },
            Algorithm = parse.GetValue(_algorithm) switch
            {
                "grid" => Algorithm.GridSearch,
                "random" => Algorithm.RandomSearch,
                _ => Algorithm.Unspecified,
            },
        };
        var created = await session.Client.PostAsync<Study>(
            $"/v1/{session.Parent}/{StudiesNoun.Collection}",
            new Study { DisplayName = parse.GetValue(_displayName), StudySpec = spec },
            cancellation
        );
        session.Status.WriteLine($"Created study [{created.Name}].");
        session.Print(created);
        return ExitCode.Ok;
    }
}
