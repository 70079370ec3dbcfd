using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tensorboards;

internal sealed class UploadLogs : ApiCommand
{
    private readonly Option<string> _logDir = new("--logdir")
    {
        Description = "The folder with the event files; each folder below it that has some is a run.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<string?> _experiment = new("--experiment")
    {
        Description = "The experiment to upload to; the folder's name if not given.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _tensorboard = new("--tensorboard")
    {
        Description = "The tensorboard; the default one if not given.",
        HelpName = "ID",
    };
    private readonly Option<bool> _live = new("--live") { Description = "Go on with what is written to the folder, until interrupted." };
    private readonly Option<bool> _skipCorrupt = new("--skip-corrupt")
    {
        Description = "Go on behind damaged records instead of leaving their file at them.",
    };

    public UploadLogs()
        : base("upload", "Upload TensorBoard event files. May be repeated and broken off: nothing is there twice.")
    {
        Add(_logDir);
        Add(_experiment);
        Add(_tensorboard);
        Add(_live);
        Add(_skipCorrupt);
    }

    protected override Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation) =>
        new LogUpload(session)
        {
            Directory = parse.GetValue(_logDir)!,
            Experiment = parse.GetValue(_experiment),
            Tensorboard = parse.GetValue(_tensorboard),
            Live = parse.GetValue(_live),
            SkipCorrupt = parse.GetValue(_skipCorrupt),
        }.RunAsync(cancellation);
}
