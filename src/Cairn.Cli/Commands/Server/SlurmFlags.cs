using System.CommandLine;
using Cairn.Cli.Shell;
using Cairn.Jobs.Executors.Slurm;

namespace Cairn.Cli.Commands.Server;

/// <summary>How a server submits its jobs to Slurm, as options of its command line.</summary>
internal sealed class SlurmFlags
{
    private static readonly SlurmOptions Defaults = new();

    private readonly Option<string?> _partition = new("--slurm-partition")
    {
        Description = "The partition that jobs are submitted to; else the cluster's default.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _account = new("--slurm-account")
    {
        Description = "The account that jobs are charged to.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _qos = new("--slurm-qos") { Description = "The quality of service of jobs.", HelpName = "NAME" };
    private readonly Option<string[]> _submit = new("--slurm-option")
    {
        Description = "One more option of sbatch, as --name=value; may be repeated.",
        HelpName = "OPTION",
    };
    private readonly Option<string[]> _gpus = new("--slurm-gpu")
    {
        Description = "What Slurm calls an accelerator: NVIDIA_TESLA_V100=v100; may be repeated.",
        HelpName = "TYPE=NAME",
    };
    private readonly Option<string?> _configuration = new("--slurm-conf")
    {
        Description = "The path of slurm.conf, where it is not in its usual place.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _programs = new("--slurm-programs")
    {
        Description = "The folder of Slurm's programs, where it is not a usual one.",
        HelpName = "DIR",
    };
    private readonly Option<string> _poll = JobFlags.Time(
        "--slurm-poll",
        "How often Slurm's queue is asked for at most.",
        Defaults.PollInterval
    );
    private readonly Option<string> _delay = JobFlags.Time(
        "--slurm-file-delay",
        "How long a file that a node has written may take to be seen here.",
        Defaults.FileDelay
    );

    public IEnumerable<Option> All => [_partition, _account, _qos, _submit, _gpus, _configuration, _programs, _poll, _delay];

    /// <exception cref="CliException">Wrong usage.</exception>
    public SlurmOptions Read(ParseResult parse) =>
        new()
        {
            Partition = parse.GetValue(_partition),
            Account = parse.GetValue(_account),
            Qos = parse.GetValue(_qos),
            Submit =
            [
                .. (parse.GetValue(_submit) ?? []).Select(static option =>
                    option.StartsWith('-')
                        ? option
                        : throw CliException.Usage(
                            $"--slurm-option is '{option}'; it must be an option of sbatch, such as --slurm-option=--exclusive."
                        )
                ),
            ],
            Gpus = (parse.GetValue(_gpus) ?? [])
                .Select(static pair => pair.Split('=', 2))
                .ToDictionary(
                    static pair => pair[0],
                    static pair =>
                        pair is [_, { Length: > 0 } name]
                            ? name
                            : throw CliException.Usage($"--slurm-gpu is '{pair[0]}'; it must be TYPE=NAME, such as NVIDIA_TESLA_V100=v100.")
                ),
            Configuration = parse.GetValue(_configuration),
            Programs = parse.GetValue(_programs),
            PollInterval = Lifetime.Parse(_poll.Name, parse.GetValue(_poll)!),
            FileDelay = Lifetime.Parse(_delay.Name, parse.GetValue(_delay)!),
        };
}
