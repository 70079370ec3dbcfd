using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Executors.Slurm;

/// <summary>
/// Slurm's programs. All that is theirs to decide is asked of them, so that any version and configuration is as good as another.
/// </summary>
internal sealed class SlurmTools(JobsOptions options)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>
    /// What Slurm's programs say where the controller cannot be reached just now. The codes have no names that programs print.
    /// </summary>
    private static readonly string[] Away =
    [
        "Unable to contact slurm controller",
        "Socket timed out",
        "Connection refused",
        "Connection timed out",
        "Connection reset",
        "Transport endpoint is not connected",
        "Slurm temporarily unable",
        "Zero Bytes were transmitted",
        "Protocol authentication error",
        "Slurm backup controller in standby mode",
        "Resource temporarily unavailable",
        "communication connection failure",
    ];

    /// <summary>The folders that programs are looked for in, as PATH.</summary>
    public string Path =>
        options.Slurm.Programs is { } folder ? folder + ":" + HostTools.Environment["PATH"] : HostTools.Environment["PATH"];

    public string? Find(string program) =>
        Path.Split(':').Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program and returns what it printed.</summary>
    /// <exception cref="ExecutorAwayException">The controller does not answer.</exception>
    /// <exception cref="StatusException">FAILED_PRECONDITION: Slurm refuses, or the program is not there.</exception>
    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var file = Find(program) ?? throw StatusException.FailedPrecondition($"Slurm's program '{program}' is not on this machine.");
        var environment = new Dictionary<string, string>(HostTools.Environment) { ["PATH"] = Path };
        if ((options.Slurm.Configuration ?? Environment.GetEnvironmentVariable("SLURM_CONF")) is { Length: > 0 } configuration)
        {
            environment["SLURM_CONF"] = configuration;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        ToolResult result;
        try
        {
            result = await HostTools.RunAsync(file, arguments, environment, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ExecutorAwayException($"Slurm's '{program}' has not answered for {Limit.TotalSeconds:0} s.");
        }

        if (result.ExitCode == 0)
        {
            return result.Output;
        }

        var complaint = result.Complaint;
        throw Away.Any(sign => complaint.Contains(sign, StringComparison.OrdinalIgnoreCase))
            ? new ExecutorAwayException($"Slurm does not answer: {complaint}")
            : StatusException.FailedPrecondition($"Slurm refuses: {complaint}");
    }
}
