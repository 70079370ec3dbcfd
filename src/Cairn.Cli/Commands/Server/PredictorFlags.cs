using System.CommandLine;
using Cairn.Processes.Sandboxing;
using Cairn.Serving;

namespace Cairn.Cli.Commands.Server;

/// <summary>How a server runs the workers that load models, as options of its command line.</summary>
internal sealed class PredictorFlags
{
    private readonly Option<string> _sandbox = new("--predictor-sandbox")
    {
        Description =
            "required: workers that load pickled models run in bubblewrap, and models are not deployed where it is not permitted; auto: else they run as plain processes, as the server's user; off: never in bubblewrap.",
        DefaultValueFactory = _ => "required",
    };

    private readonly Option<string[]> _paths = new("--predictor-path")
    {
        Description = "A folder outside the system that these workers may read, such as /opt/models; may be repeated.",
        HelpName = "DIR",
    };

    public PredictorFlags() => _sandbox.AcceptOnlyFromAmong("auto", "required", "off");

    public IEnumerable<Option> All => [_sandbox, _paths];

    public ServingOptions Read(ParseResult parse) =>
        new()
        {
            Sandbox = Enum.Parse<SandboxMode>(parse.GetValue(_sandbox)!, ignoreCase: true),
            ReadablePaths = [.. (parse.GetValue(_paths) ?? []).Select(static path => Path.GetFullPath(path))],
        };
}
