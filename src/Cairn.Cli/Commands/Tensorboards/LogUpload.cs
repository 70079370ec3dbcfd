using System.Globalization;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Cairn.Tensorboards.Events;
using Cairn.Tensorboards.Uploads;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>An upload of a log folder from the command line.</summary>
internal sealed class LogUpload(ApiSession session)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public required string Directory { get; init; }

    public string? Experiment { get; init; }

    public string? Tensorboard { get; init; }

    public bool Live { get; init; }

    public bool SkipCorrupt { get; init; }

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory));
        if (!System.IO.Directory.Exists(root))
        {
            throw new CliException($"There is no folder '{root}'.");
        }

        var source = new DiskLogSource(root);
        if ((await source.ListAsync(cancellation)).Count == 0 && !Live)
        {
            throw new CliException(
                $"There are no event files in '{root}' or below it: no name has 'tfevents' in it. Nothing was uploaded, and no experiment was made."
            );
        }

        var folder = Path.GetFileName(root) is { Length: > 0 } name ? name : "logs";
        var boards = new Boards(session.Client, session.Parent);
        var board = Tensorboard is { } given ? TensorboardNames.Full(session, given, 1) : (await boards.DefaultAsync(cancellation)).Name;
        var experiment = await boards.ExperimentAsync(board, Experiment ?? folder, cancellation);
        using var positions = FilePositions.Open(session.Client.Address.Endpoint, experiment, root);
        var options = new UploadOptions { Limits = new EventLimits { SkipCorrupt = SkipCorrupt } };
        var upload = new FolderUpload(
            source,
            new ApiRunSink(session.Client, experiment.Name),
            positions,
            options,
            run => (run == "." ? folder : run, "")
        );
        session.Status.WriteLine($"Uploading {root} to [{experiment.Name}].");
        try
        {
            var total = (await source.ListAsync(cancellation)).Sum(static file => file.Length);
            await Progress.RunAsync(folder, total, advance => PassAsync(upload, advance, cancellation));
            while (Live)
            {
                await Task.Delay(Pause, cancellation);
                await PassAsync(upload, static _ => { }, cancellation);
            }
        }
        catch (OperationCanceledException) when (Live)
        {
            // How a person ends it.
        }

        if (!Live)
        {
            await new UploadedRuns(session.Client).FinishAsync(upload.Runs, cancellation);
        }

        Report(upload);
        return upload.Damage.Count > 0 || upload.Totals.Refused.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    private static async Task PassAsync(FolderUpload upload, Action<long> advance, CancellationToken cancellation)
    {
        var before = new Dictionary<string, long>();
        await upload.PassAsync(
            (file, position) =>
            {
                advance(position - before.GetValueOrDefault(file));
                before[file] = position;
            },
            cancellation
        );
    }

    private void Report(FolderUpload upload)
    {
        var totals = upload.Totals;
        session.Status.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Uploaded {totals.Points:N0} points of {totals.Runs} run{(totals.Runs == 1 ? "" : "s")} from {totals.Bytes:N0} bytes."
            )
        );
        if (totals.Void > 0)
        {
            session.Status.WriteLine($"{totals.Void} values were void: their training was restarted from an earlier step.");
        }

        foreach (var (reason, count) in totals.PassedOver)
        {
            session.Status.WriteLine($"Passed over {count}: {reason}");
        }

        if (totals.Damaged > 0)
        {
            session.Status.WriteLine($"Passed over {totals.Damaged} damaged records.");
        }

        foreach (var (reason, count) in totals.Refused)
        {
            session.Status.WriteLine($"cairn: {reason}{(count > 1 ? $" ({count} times)" : "")}");
        }

        foreach (var damage in upload.Damage)
        {
            session.Status.WriteLine($"cairn: {damage.Message}");
        }
    }
}
