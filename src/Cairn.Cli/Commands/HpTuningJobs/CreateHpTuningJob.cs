using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Cli.Commands.HpTuningJobs;

/// <summary><c>hp-tuning-jobs create</c>, with gcloud's flags.</summary>
internal sealed class CreateHpTuningJob : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name") { Description = "What people call the job.", Required = true };
    private readonly Option<FileInfo> _config = new("--config")
    {
        Description = "A YAML or JSON file with the job (HyperparameterTuningJob); flags count more.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<int?> _trials = new("--max-trial-count")
    {
        Description = "How many trials there are in the end.",
        HelpName = "N",
    };
    private readonly Option<int?> _parallel = new("--parallel-trial-count") { Description = "How many run at once.", HelpName = "N" };
    private readonly Option<string?> _algorithm = new Option<string?>("--algorithm")
    {
        Description = "algorithm-unspecified (a Gaussian process bandit), grid-search or random-search.",
    }.AcceptOnlyFromAmong("algorithm-unspecified", "grid-search", "random-search");

    private readonly Option<bool> _stream = new("--stream-logs") { Description = "Follow the log of its trials, and end as the job ends." };
    private readonly LabelsOption _labels = new();

    public CreateHpTuningJob()
        : base("create", "Start a hyperparameter tuning job.")
    {
        foreach (var option in (Option[])[_displayName, _config, _trials, _parallel, _algorithm, _labels, _stream])
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var job = ConfigFile.Read<HyperparameterTuningJob>(parse.GetValue(_config)!);
        job.DisplayName = parse.GetValue(_displayName);
        job.MaxTrialCount = parse.GetValue(_trials) ?? Math.Max(1, job.MaxTrialCount);
        job.ParallelTrialCount = parse.GetValue(_parallel) ?? Math.Max(1, job.ParallelTrialCount);
        if (parse.GetValue(_algorithm) is { } named)
        {
            (job.StudySpec ??= new StudySpec()).Algorithm = named switch
            {
                "grid-search" => Algorithm.GridSearch,
                "random-search" => Algorithm.RandomSearch,
                _ => Algorithm.Unspecified,
            };
        }

        _labels.Apply(parse, job.Labels);
        var created = await session.Client.PostAsync<HyperparameterTuningJob>(
            $"/v1/{session.Parent}/{HpTuningJobsNoun.Collection}",
            job,
            cancellation
        );
        var id = created.Name.Split('/')[^1];
        session.Status.WriteLine(
            $"Hyperparameter tuning job [{created.Name}] is submitted; see its trials with: cairn hp-tuning-jobs trials {id}"
        );
        if (!parse.GetValue(_stream))
        {
            session.Print(created);
            return ExitCode.Ok;
        }

        return await StreamTuningLogs.FollowAsync(session, created, cancellation);
    }
}
