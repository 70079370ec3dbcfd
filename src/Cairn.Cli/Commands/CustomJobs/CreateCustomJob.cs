using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Provenance;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.CustomJobs;

/// <summary><c>custom-jobs create</c>, with gcloud's flags.</summary>
internal sealed class CreateCustomJob : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name") { Description = "What people call the job.", Required = true };
    private readonly Option<FileInfo?> _config = new("--config")
    {
        Description = "A YAML or JSON file with the job's specification (CustomJobSpec); flags are added to it.",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _pools = new("--worker-pool-spec")
    {
        Description = "A worker pool: machine-type=…,replica-count=…,container-image-uri=… or executor-image-uri=…,python-module=….",
        HelpName = "KEY=VALUE,…",
    };
    private readonly Option<string[]> _packages = new("--python-package-uris")
    {
        Description = "Python packages at gs:// addresses.",
        HelpName = "URI,…",
    };
    private readonly Option<string[]> _arguments = new("--args")
    {
        Description = "Arguments of the program, as a,b,c; written ^;^a;b where they have commas.",
        HelpName = "ARG,…",
    };
    private readonly Option<string[]> _command = new("--command")
    {
        Description = "What runs in the container instead of its entry point.",
        HelpName = "ARG,…",
    };
    private readonly Option<string[]> _environment = new("--env")
    {
        Description = "Environment variables of the program.",
        HelpName = "KEY=VALUE,…",
    };
    private readonly Option<string?> _output = new("--base-output-directory")
    {
        Description = "A gs:// folder; the job finds its sub-folders in AIP_MODEL_DIR and the like.",
        HelpName = "URI",
    };
    private readonly Option<string?> _timeout = new("--timeout")
    {
        Description = "How long it may run, in seconds: 3600s.",
        HelpName = "SECONDS",
    };
    private readonly Option<string?> _weights = new("--initial-weights")
    {
        Description =
            "What training starts from: gs://…, runs:/RUN/PATH, models:/MODEL/VERSION, customJobs/ID or warm-up:KEY; the program finds it in AIP_INITIAL_WEIGHTS_URI.",
        HelpName = "URI",
    };
    private readonly Option<bool> _stream = new("--stream-logs") { Description = "Follow the job's log, and end as the job ends." };
    private readonly Option<bool> _noSource = new("--no-source")
    {
        Description =
            "Keep nothing of the git work tree of this folder: by default its commit, branch, remote and changes are kept with the job's run.",
    };
    private readonly LabelsOption _labels = new();

    public CreateCustomJob()
        : base("create", "Start a custom job.")
    {
        foreach (
            var option in (Option[])
                [
                    _displayName,
                    _config,
                    _pools,
                    _packages,
                    _arguments,
                    _command,
                    _environment,
                    _output,
                    _timeout,
                    _weights,
                    _labels,
                    _stream,
                    _noSource,
                ]
        )
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var job = new CustomJob
        {
            DisplayName = parse.GetValue(_displayName),
            JobSpec = parse.GetValue(_config) is { } file ? ConfigFile.Read<CustomJobSpec>(file) : new CustomJobSpec(),
        };
        _labels.Apply(parse, job.Labels);
        var flags = new WorkerPoolFlags(
            [.. KeyValues.List(parse.GetValue(_packages))],
            [.. KeyValues.List(parse.GetValue(_arguments))],
            [.. KeyValues.List(parse.GetValue(_command))],
            KeyValues.Parse("--env", parse.GetValue(_environment))
        );
        job.JobSpec.WorkerPoolSpecs.AddRange((parse.GetValue(_pools) ?? []).Select(flags.Read));
        if (job.JobSpec.WorkerPoolSpecs.Count == 0)
        {
            throw CliException.Usage("A job needs a worker pool: give --worker-pool-spec or --config.");
        }

        if (parse.GetValue(_output) is { } folder)
        {
            job.JobSpec.BaseOutputDirectory = new GcsDestination { OutputUriPrefix = folder };
        }

        if (parse.GetValue(_weights) is { } start)
        {
            Add(job.JobSpec, new EnvVar { Name = "CAIRN_INITIAL_WEIGHTS", Value = start });
        }

        if (parse.GetValue(_timeout) is { } limit)
        {
            (job.JobSpec.Scheduling ??= new Scheduling()).Timeout = Seconds(limit);
        }

        var source = parse.GetValue(_noSource) ? null : await SourceState.OfAsync(Directory.GetCurrentDirectory(), cancellation);
        RunContext.Attach(job.JobSpec, RunContext.Tags(source));
        var created = await session.Client.PostAsync<CustomJob>($"/v1/{session.Parent}/{CustomJobsNoun.Collection}", job, cancellation);
        session.Status.WriteLine(
            $"Custom job [{created.Name}] is submitted; follow it with: cairn custom-jobs stream-logs {created.Name.Split('/')[^1]}"
        );
        if (source is not null)
        {
            await new SourceFiles(session).KeepAsync(created, source, cancellation);
        }

        if (!parse.GetValue(_stream))
        {
            session.Print(created);
            return ExitCode.Ok;
        }

        return await JobLog.FollowAsync(session, created, cancellation);
    }

    private static void Add(CustomJobSpec spec, EnvVar variable)
    {
        foreach (
            var environment in spec
                .WorkerPoolSpecs.Select(static pool => pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env)
                .OfType<ICollection<EnvVar>>()
        )
        {
            environment.Add(variable.Clone());
        }
    }

    private static Google.Protobuf.WellKnownTypes.Duration Seconds(string text) =>
        long.TryParse(text.TrimEnd('s'), out var seconds) && seconds > 0
            ? new Google.Protobuf.WellKnownTypes.Duration { Seconds = seconds }
            : throw CliException.Usage($"--timeout is '{text}'; it must be a number of seconds, such as 3600s.");
}
