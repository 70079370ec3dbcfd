using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Datasets;

internal sealed class ExportDataset : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("data set");
    private readonly Option<string> _output = new("--output")
    {
        Description = "The gs:// folder to make the export's folder in.",
        Required = true,
        HelpName = "URI",
    };
    private readonly Option<string?> _split = new("--split")
    {
        Description = "Shares of training, validation and test, as 0.8,0.1,0.1; not split if not given.",
        HelpName = "A,B,C",
    };

    public ExportDataset()
        : base("export", "Write a data set into files of a bucket, split if you like.")
    {
        Add(_name);
        Add(_output);
        Add(_split);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var config = new ExportDataConfig { GcsDestination = new GcsDestination { OutputUriPrefix = parse.GetValue(_output) } };
        if (parse.GetValue(_split) is { } shares)
        {
            var parts = shares.Split(',');
            config.FractionSplit =
                parts.Length == 3
                    ? new ExportFractionSplit
                    {
                        TrainingFraction = Share(parts[0]),
                        ValidationFraction = Share(parts[1]),
                        TestFraction = Share(parts[2]),
                    }
                    : throw CliException.Usage($"--split has '{shares}'; it must have three shares, as 0.8,0.1,0.1.");
        }

        var full = session.Name(DatasetsNoun.Collection, parse.GetValue(_name)!);
        var operation = await session.Client.PostAsync<Operation>(
            $"/v1/{full}:export",
            new ExportDataRequest { ExportConfig = config },
            cancellation
        );
        var exported = await session.Client.ResultAsync<ExportDataResponse>(operation, cancellation);
        session.Status.WriteLine($"Exported data set [{full}].");
        session.Print(exported);
        return ExitCode.Ok;
    }

    private static double Share(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            ? share
            : throw CliException.Usage($"--split has '{text}', which is no number.");
}
