using System.Globalization;
using Cairn.Jobs.Executors;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// The folder of one attempt of a task, <c>jobs/TASK/ATTEMPT</c>: a folder for each replica (see <see cref="AttemptDirectory"/>), and
/// <c>gang.json</c>, which comes last, so that while there is none no agent has been started.
/// </summary>
internal sealed class GangDirectory(string path)
{
    public GangDirectory(string jobs, string task, int attempt)
        : this(System.IO.Path.Combine(jobs, task, attempt.ToString(CultureInfo.InvariantCulture))) { }

    public string Path { get; } = path;

    private string RecordFile => System.IO.Path.Combine(Path, "gang.json");

    public AttemptDirectory Replica(string name) => new(System.IO.Path.Combine(Path, name));

    /// <summary>The folder of a gang that this replica's folder is in.</summary>
    public static GangDirectory Of(AttemptDirectory replica) => new(System.IO.Path.GetDirectoryName(replica.Path)!);

    /// <summary>The gang, or null where it has not been written to its end.</summary>
    public Gang? Read()
    {
        if (TaskJson.Read(RecordFile, TaskJson.Default.GangRecord) is not { } record)
        {
            return null;
        }

        var replicas = new List<Replica>();
        foreach (var place in ClusterPlace.All(record.Pools))
        {
            var directory = Replica(place.Name);
            if (directory.ReadTask() is not { } task || !(directory.HasBegun || directory.HasToken))
            {
                return null;
            }

            replicas.Add(new Replica(directory, task));
        }

        return new Gang(this, record, replicas);
    }

    /// <summary>
    /// Writes the replicas' folders, and then that they are complete. Agents of this machine go down with it, and a gang that is lost by
    /// that is written anew; those of a scheduler may still be to come.
    /// </summary>
    /// <param name="executor">Who will run the gang.</param>
    /// <param name="records">One for each replica, in order.</param>
    /// <param name="token">What the replicas may say to the server with.</param>
    public Gang Write(string executor, IReadOnlyList<TaskRecord> records, string token)
    {
        var durable = Schedulers.Has(executor);
        var replicas = new List<Replica>();
        foreach (var task in records)
        {
            var directory = Replica(task.Replica);
            directory.Create();
            directory.WriteToken(token, durable);
            directory.WriteTask(task, durable);
            replicas.Add(new Replica(directory, task));
        }

        var record = new GangRecord(records[0].Task, records[0].Attempt, executor, records[0].Place.Pools);
        TaskJson.Write(RecordFile, record, TaskJson.Default.GangRecord, durable);
        return new Gang(this, record, replicas);
    }
}
