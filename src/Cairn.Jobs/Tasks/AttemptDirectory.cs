using Cairn.Jobs.Interop;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// The folder of one replica in one attempt of a task, <c>jobs/TASK/ATTEMPT/REPLICA</c>, and what server and agent say to each other
/// through it. The protocol: the server writes <c>task.json</c> and <c>token</c>, then starts an agent. An agent works only while it holds
/// the exclusive lock on <c>jobs/TASK/REPLICA.lock</c>, which all attempts share, and only if the folder has no <c>started.json</c>, which
/// it writes first, and no <c>cancel</c>. So any number of agents may be started for a replica, and exactly one works; and when the lock is
/// free after <c>started.json</c> was written, the replica is over, with <c>exit.json</c> or without.
/// </summary>
internal sealed class AttemptDirectory(string path)
{
    /// <summary>What the metric file is called in <see cref="Metrics"/>.</summary>
    public const string MetricFileName = "output.metrics";

    private const string StartName = "started.json";
    private const string ExitName = "exit.json";

    public string Path { get; } = path;

    /// <summary>Whether a file of this name, when it appears in such a folder, tells of the agent's start or end.</summary>
    public static bool IsRecordOfAgent(string name) => name is StartName or ExitName;

    /// <summary>The folder of all tasks of the server.</summary>
    public string Jobs => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "..", "..", ".."));

    public string RecordFile => In("task.json");

    public string TokenFile => In("token");

    public string StartFile => In(StartName);

    public string ExitFile => In(ExitName);

    /// <summary>Exists once the server wants the replica to end. It holds the reason; empty where the job was cancelled.</summary>
    public string CancelFile => In("cancel");

    /// <summary>Whether the server has asked the replica to end.</summary>
    public bool StopRequested => File.Exists(CancelFile);

    /// <summary>What the agent itself prints: empty unless something is wrong with it.</summary>
    public string AgentOutput => In("agent.out");

    public string LogSpool => In("log.spool");

    public string LogOffset => In("log.offset");

    /// <summary>What the task used, sample by sample.</summary>
    public string UsageSpool => In("usage.spool");

    /// <summary>How much of it the server has taken.</summary>
    public string UsageOffset => In("usage.offset");

    /// <summary>The folder that the task sees as <c>/var/hypertune</c>, where it writes what it reports.</summary>
    public string Metrics => In("metrics");

    /// <summary>What the task has reported, report by report.</summary>
    public string MetricSpool => In("metrics.spool");

    /// <summary>How much of it the server has taken.</summary>
    public string MetricOffset => In("metrics.offset");

    public string Lock => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "..", "..", System.IO.Path.GetFileName(Path) + ".lock"));

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folders, readable by the owner alone.</summary>
    public void Create() => Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public TaskRecord? ReadTask() => TaskJson.Read(RecordFile, TaskJson.Default.TaskRecord);

    /// <param name="record">What is to be run.</param>
    /// <param name="durable">Whether it must outlive a machine that goes down.</param>
    public void WriteTask(TaskRecord record, bool durable) => TaskJson.Write(RecordFile, record, TaskJson.Default.TaskRecord, durable);

    /// <param name="token">What the replica may say to the server with.</param>
    /// <param name="durable">Whether it must outlive a machine that goes down.</param>
    public void WriteToken(string token, bool durable) => DurableFile.Write(TokenFile, System.Text.Encoding.UTF8.GetBytes(token), durable);

    /// <summary>Whether the agent has begun.</summary>
    public bool HasBegun => File.Exists(StartFile);

    /// <summary>Whether there is a token; a machine that went down may have left an empty one.</summary>
    public bool HasToken => new FileInfo(TokenFile) is { Exists: true, Length: > 0 };

    public StartRecord? ReadStart() => TaskJson.Read(StartFile, TaskJson.Default.StartRecord);

    public void WriteStart(StartRecord record) => TaskJson.Write(StartFile, record, TaskJson.Default.StartRecord);

    public ReplicaAddress? ReadAddress() => TaskJson.Read(In("address.json"), TaskJson.Default.ReplicaAddress);

    public void WriteAddress(ReplicaAddress address) =>
        TaskJson.Write(In("address.json"), address, TaskJson.Default.ReplicaAddress, durable: false);

    public ExitRecord? ReadExit() => TaskJson.Read(ExitFile, TaskJson.Default.ExitRecord);

    public void WriteExit(ExitRecord record) => TaskJson.Write(ExitFile, record, TaskJson.Default.ExitRecord);

    /// <summary>Asks the replica to end; the first reason stays.</summary>
    /// <param name="reason">What its log says of it; empty where the job was cancelled.</param>
    public void RequestStop(string reason = "")
    {
        if (!File.Exists(CancelFile))
        {
            DurableFile.Write(CancelFile, System.Text.Encoding.UTF8.GetBytes(reason));
        }
    }

    /// <summary>Why the replica was asked to end; empty where the job was cancelled.</summary>
    public string ReadStopReason() => System.Text.Encoding.UTF8.GetString(UntrustedFolder.ReadFile(CancelFile, 64 << 10) ?? []);

    /// <summary>
    /// Takes the replica's lock, or returns null where another process has it. It is held until disposed or until this process ends.
    /// </summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (DirectoryNotFoundException)
        {
            throw;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether some agent holds the replica's lock.</summary>
    public bool IsLocked()
    {
        if (!File.Exists(Lock))
        {
            return false;
        }

        using var taken = TryLock();
        return taken is null;
    }
}
