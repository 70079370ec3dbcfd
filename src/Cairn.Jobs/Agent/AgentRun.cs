using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Jobs.Environments;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Limits;
using Cairn.Jobs.Reports;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Usage;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>One attempt of a task from its start record to its exit record.</summary>
internal sealed class AgentRun(AttemptDirectory directory, TaskRecord record, TimeProvider time)
{
    private const int SetChildSubreaper = 36;

    /// <summary>
    /// How long the exit record of an agent that a scheduler started waits for the last log lines to be acknowledged. The server takes from
    /// the spool what is not.
    /// </summary>
    private static readonly TimeSpan LogDrain = TimeSpan.FromSeconds(20);

    /// <summary>How long what a task wrote may take to be published once it has ended, a server that is away included.</summary>
    private static readonly TimeSpan UploadLimit = TimeSpan.FromHours(24);

    private static readonly IReadOnlyList<ILauncher> Launchers = [new ProcessLauncher(), new PodmanLauncher(), new PodLauncher()];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var started = time.GetUtcNow();
        _ = Task.Run(PrivateFiles.LookAhead, cancellation);
        var pid = Environment.ProcessId;
        var begun = new StartRecord(pid, ProcessTree.StartTime(pid) ?? 0, Environment.MachineName, started);
        await DurableFile.WriteInTimeAsync(() => directory.WriteStart(begun), time, cancellation);

        // What detaches itself from the task becomes this process's child, and is ended with it.
        _ = Libc.ProcessControl(SetChildSubreaper, 1, 0, 0, 0);
        using var log = new LogSpool(directory.LogSpool, record.Attempt, record.Replica, record.MaxLogBytes, time, record.Place.Ordinal);
        using var server = new ServerClient(record, directory.TokenFile, time);
        using var background = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shipper = new LogShipper(directory, record, server, time);
        var shipping = shipper.FollowAsync(log, background.Token);

        using var stop = new StopSignal(directory.CancelFile, TimeSpan.FromSeconds(record.TimeoutSeconds), time);
        using var terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal =>
            {
                signal.Cancel = true;
                stop.Interrupt();
            }
        );
        ExitRecord exit;
        try
        {
            exit = await AttemptAsync(log, server, stop, started, cancellation);
        }
        catch (OperationCanceledException) when (stop.Reason is not null)
        {
            exit = Stopped(stop, started);
        }
        catch (TaskFailure failure)
        {
            exit = new ExitRecord(TaskOutcome.Failed, (int)failure.Code, failure.Message, null, started, time.GetUtcNow());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(error.ToString());
            exit = new ExitRecord(
                TaskOutcome.Failed,
                (int)Code.Internal,
                $"The agent failed: {error.Message}",
                null,
                started,
                time.GetUtcNow()
            );
        }

        // Asked to end by its machine, a task may go on elsewhere: that is the server's to say, which sees that it ended without a record.
        var interrupted = stop.Reason == StopReason.Interrupted && exit.Outcome != TaskOutcome.Succeeded;
        var completed =
            record.Place.Replicas == 1 ? "The job completed successfully." : $"The replica {record.Replica} completed successfully.";
        log.Say(
            interrupted ? "The machine has asked the task to end (SIGTERM)."
                : exit.Outcome == TaskOutcome.Succeeded ? completed
                : exit.Reason,
            exit.Outcome == TaskOutcome.Failed ? LogSeverity.Error : LogSeverity.Info
        );
        await background.CancelAsync();
        await IgnoreCancellationAsync(shipping);
        if (Schedulers.Has(record.Executor))
        {
            // A share may show the exit record before the end of the log. On its own machine the server takes the rest from the spool.
            using var limit = new CancellationTokenSource(LogDrain, time);
            await IgnoreCancellationAsync(shipper.DrainAsync(limit.Token));
        }

        if (!interrupted)
        {
            await DurableFile.WriteInTimeAsync(() => directory.WriteExit(exit), time, cancellation);
        }

        Clean();
    }

    private async Task<ExitRecord> AttemptAsync(
        LogSpool log,
        ServerClient server,
        StopSignal stop,
        DateTimeOffset started,
        CancellationToken cancellation
    )
    {
        using var staging = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stop.Token);
        var objects = new ObjectClient(server);
        var token = await File.ReadAllTextAsync(directory.TokenFile, cancellation);
        Directory.CreateDirectory(directory.Metrics);
        var context = new TaskContext(directory, record, token, [], log);
        log.Say(string.Create(CultureInfo.InvariantCulture, $"Attempt {record.Attempt}{Where} starts on {Environment.MachineName}."));
        if (record.Accelerators is { Count: > 0 } own)
        {
            log.Say(
                $"Its accelerators are {string.Join(", ", own.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Number} ({one.Type})")))}."
            );
        }
        else if (record.Resources is { Gpus: > 0 and var gpus, GpuType: var type } && !Schedulers.Has(record.Executor))
        {
            log.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The job asks for {gpus} × {type}; this server is configured to run such jobs without accelerators."
                ),
                LogSeverity.Warning
            );
        }

        if (record.Package is { } package)
        {
            context = context with { PythonPath = await new PackageInstaller(context, objects).InstallAsync(package, staging.Token) };
        }

        // Held to the end, so that nobody removes what the task runs from.
        using var environment = await new EnvironmentInstaller(context, objects, time).InstallAsync(staging.Token);
        if (environment is not null)
        {
            context = context with
            {
                Record = record with
                {
                    Interpreter = environment.Interpreter,
                    ReadablePaths = [.. record.ReadablePaths, environment.Folder],
                },
            };
        }

        context = context with { Record = await new BucketStager(context, objects).StageAsync(staging.Token) };
        using var ports = new PortReservation(2);
        var addresses = await new Rendezvous(directory, record, log, time).MeetAsync(ports.Ports, staging.Token);
        context = context with
        {
            Record = context.Record with
            {
                Environment = ClusterEnvironment.Complete(context.Record, addresses),

                // Across machines a program's host name is one that the others can resolve.
                HostName = addresses.All(static address => address.Host == Rendezvous.Loopback) ? record.Replica : Environment.MachineName,
            },
        };
        var launcher =
            Launchers.FirstOrDefault(candidate => candidate.Name == record.Launcher)
            ?? throw new TaskFailure(Code.Internal, $"There is no launcher '{record.Launcher}'.");
        var launch = await launcher.PrepareAsync(context, staging.Token);

        var uploader = new BucketUploader(context, objects, time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var uploading = uploader.FollowAsync(running.Token);
        var sampler = new UsageSampler(directory, record, time);
        var sampling = sampler.FollowAsync(running.Token);
        var metrics = new MetricFollower(directory, time);
        var following = metrics.FollowAsync(running.Token);
        using var hold = TaskHold.Begin(context, launch.HoldsMemory, time);
        var program = new TaskProgram(launch, log, hold, TimeSpan.FromSeconds(record.GraceSeconds), time);
        TaskEnd end;
        try
        {
            end = await program.RunAsync(stop.Token, cancellation);
        }
        finally
        {
            await running.CancelAsync();
            await IgnoreCancellationAsync(uploading);
            await IgnoreCancellationAsync(sampling);
            await IgnoreCancellationAsync(following);
        }

        await sampler.CompleteAsync(cancellation);
        metrics.Complete();

        // Also what a cancelled or failed task wrote is kept: its checkpoints are what one goes on from.
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(UploadLimit);
            await uploader.CompleteAsync(limit.Token);
        }

        if (stop.Reason is not null && program.WasStopped)
        {
            return Stopped(stop, started) with { ExitCode = end.Status.ExitCode };
        }

        if (end.Status.ExitCode != 0 && hold.Explain(end) is { } breach)
        {
            return new ExitRecord(
                TaskOutcome.Failed,
                (int)LimitBreach.Status,
                breach.Reason,
                end.Status.ExitCode,
                started,
                time.GetUtcNow()
            );
        }

        var (code, reason) = ExitReason.Of(record, end, program.LastErrorLines);
        return new ExitRecord(
            code == Code.Ok ? TaskOutcome.Succeeded : TaskOutcome.Failed,
            (int)code,
            reason,
            end.Status.ExitCode,
            started,
            time.GetUtcNow()
        );
    }

    /// <summary>Which of several replicas it is.</summary>
    private string Where => record.Place.Replicas == 1 ? "" : $" of the replica {record.Replica}";

    private ExitRecord Stopped(StopSignal stop, DateTimeOffset started) =>
        stop.Reason == StopReason.Cancelled
            ? new ExitRecord(
                TaskOutcome.Cancelled,
                (int)Code.Cancelled,
                directory.ReadStopReason() is { Length: > 0 } reason ? reason : "The job was cancelled.",
                null,
                started,
                time.GetUtcNow()
            )
            : new ExitRecord(
                TaskOutcome.Failed,
                (int)Code.DeadlineExceeded,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The job timed out: it ran longer than the {record.TimeoutSeconds:0.###} s that scheduling.timeout allows."
                ),
                null,
                started,
                time.GetUtcNow()
            );

    private static async Task IgnoreCancellationAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>What only the run needed. The records and the log stay.</summary>
    private void Clean()
    {
        foreach (var name in (string[])["work", "tmp", "packages", "wheels", "build", "gcs", "metrics"])
        {
            try
            {
                Directory.Delete(directory.In(name), recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The server removes the folder with the job.
            }
        }
    }
}
