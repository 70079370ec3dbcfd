using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tensorboards;

internal sealed class UploadLogs : ApiCommand
{
    private readonly Option<string> logDir = new("--logdir") { Description = "The folder with the event files; each folder below it that has some is a run.", HelpName = "DIR", Required = true };
    private readonly Option<string?> experiment = new("--experiment") { Description = "The experiment to upload to; the folder's name if not given.", HelpName = "NAME" };
    private readonly Option<string?> tensorboard = new("--tensorboard") { Description = "The tensorboard; the default one if not given.", HelpName = "ID" };
    private readonly Option<bool> live = new("--live") { Description = "Go on with what is written to the folder, until interrupted." };
    private readonly Option<bool> skipCorrupt = new("--skip-corrupt") { Description = "Go on behind damaged records instead of leaving their file at them." };

    public UploadLogs() : base("upload", "Upload TensorBoard event files. May be repeated and broken off: nothing is there twice.")
    {
        Add(logDir);
        Add(experiment);
        Add(tensorboard);
        Add(live);
        Add(skipCorrupt);
    }

    protected override Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation) => new LogUpload(session)
    {
        Directory = parse.GetValue(logDir)!,
        Experiment = parse.GetValue(experiment),
        Tensorboard = parse.GetValue(tensorboard),
        Live = parse.GetValue(live),
        SkipCorrupt = parse.GetValue(skipCorrupt),
    }.RunAsync(cancellation);
}
