using System.CommandLine;
using Cairn.Cli.Commands.Tensorboards;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Imports;

internal sealed class ImportTensorboard : ApiCommand
{
    private readonly Argument<string> _folder = new("DIR")
    {
        Description = "The folder with the event files; each folder below it that has some is a run.",
    };
    private readonly Option<string?> _experiment = new("--experiment")
    {
        Description = "The experiment to import to; the folder's name if not given.",
        HelpName = "NAME",
    };
    private readonly Option<bool> _skipCorrupt = new("--skip-corrupt")
    {
        Description = "Go on behind damaged records instead of leaving their file at them.",
    };

    public ImportTensorboard()
        : base("tensorboard", "Import TensorBoard event files.")
    {
        Add(_folder);
        Add(_experiment);
        Add(_skipCorrupt);
    }

    protected override Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation) =>
        new LogUpload(session)
        {
            Directory = parse.GetValue(_folder)!,
            Experiment = parse.GetValue(_experiment),
            SkipCorrupt = parse.GetValue(_skipCorrupt),
        }.RunAsync(cancellation);
}
