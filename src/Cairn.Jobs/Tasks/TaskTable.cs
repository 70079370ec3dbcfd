using System.Data.Common;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Executors;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;

namespace Cairn.Jobs.Tasks;

/// <summary>The SQL of the table <c>tasks</c>.</summary>
internal sealed class TaskTable
{
    private const string Columns =
        "id, job, project, state, machine, executor, attempt, restarts, cancel, enqueued, started, replicas, reserved, wanted, accelerators, trace";

    private const string OneOf = "$2 LIKE '%;' || wanted || ';%'";

    /// <summary>
    /// States, with what the index of tasks that have not ended says of itself, word for word: SQLite uses it for nothing less, and would
    /// go through all tasks that ever were.
    /// </summary>
    private const string Waiting = "state = 0 AND state < 4";
    private const string Placed = "state IN (1, 2) AND state < 4";
    private const string Begun = "state IN (1, 2, 3) AND state < 4";

    public static MigrationSet Migrations { get; } =
        new(
            "jobs",
            [
                """
                CREATE TABLE tasks (
                    id {text} NOT NULL PRIMARY KEY,
                    job {text} NOT NULL,
                    project {text} NOT NULL,
                    state INTEGER NOT NULL,
                    machine {text} NOT NULL,
                    executor {text} NOT NULL,
                    attempt INTEGER NOT NULL,
                    restarts INTEGER NOT NULL,
                    cancel INTEGER NOT NULL,
                    deleted INTEGER NOT NULL DEFAULT 0,
                    enqueued BIGINT NOT NULL,
                    started BIGINT);
                CREATE INDEX tasks_open ON tasks (state, project, enqueued) WHERE state < 4;
                CREATE INDEX tasks_deleted ON tasks (machine) WHERE deleted = 1
                """,
                """
                ALTER TABLE tasks ADD COLUMN replicas INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE tasks ADD COLUMN reserved BIGINT
                """,
                """
                ALTER TABLE tasks ADD COLUMN wanted {text} NOT NULL DEFAULT '';
                ALTER TABLE tasks ADD COLUMN accelerators {text} NOT NULL DEFAULT ''
                """,
                "ALTER TABLE tasks ADD COLUMN trace {text} NOT NULL DEFAULT ''",
            ]
        );

    public void Insert(ISqlSession session, TaskRow task) =>
        session.Execute(
            $"INSERT INTO tasks ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            task.Id,
            task.Job,
            task.Project,
            (int)task.State,
            task.Machine,
            task.Executor,
            task.Attempt,
            task.Restarts,
            task.Cancel ? 1 : 0,
            Timestamps.ToMicros(task.Enqueued),
            task.Started is { } started ? Timestamps.ToMicros(started) : null,
            task.Replicas,
            task.Reserved is { } reserved ? Timestamps.ToMicros(reserved) : null,
            task.Wanted,
            Accelerator.Format(task.Accelerators ?? []),
            task.Trace
        );

    public void Update(ISqlSession session, TaskRow task) =>
        session.Execute(
            "UPDATE tasks SET state = $2, machine = $3, executor = $4, attempt = $5, restarts = $6, cancel = $7, started = $8, reserved = $9, accelerators = $10 WHERE id = $1",
            task.Id,
            (int)task.State,
            task.Machine,
            task.Executor,
            task.Attempt,
            task.Restarts,
            task.Cancel ? 1 : 0,
            task.Started is { } started ? Timestamps.ToMicros(started) : null,
            task.Reserved is { } reserved ? Timestamps.ToMicros(reserved) : null,
            Accelerator.Format(task.Accelerators ?? [])
        );

    public TaskRow? Find(ISqlSession session, string id) => session.QueryFirst($"SELECT {Columns} FROM tasks WHERE id = $1", Map, id);

    /// <summary>Tasks that a machine has to look after, oldest first.</summary>
    public List<TaskRow> OfMachine(ISqlSession session, string machine) =>
        session.Query($"SELECT {Columns} FROM tasks WHERE {Begun} AND machine = $1 ORDER BY enqueued, id", Map, machine);

    /// <summary>Other machines that have begun tasks.</summary>
    public List<string> OtherMachines(ISqlSession session, string machine) =>
        session.Query($"SELECT DISTINCT machine FROM tasks WHERE {Begun} AND machine <> $1", static row => row.GetString(0), machine);

    /// <summary>How many of a machine's slots are taken.</summary>
    public int Occupied(ISqlSession session, string machine) =>
        (int)
            session.QueryFirst(
                $"SELECT COALESCE(SUM(replicas), 0) FROM tasks WHERE {Placed} AND machine = $1 AND executor NOT IN {Schedulers.Names}",
                static row => row.GetInt64(0),
                machine
            );

    /// <summary>Which of a machine's accelerators tasks have. They keep them until nothing of their processes is left.</summary>
    public List<Accelerator> TakenAccelerators(ISqlSession session, string machine) =>
        [
            .. session
                .Query(
                    $"SELECT accelerators FROM tasks WHERE {Begun} AND machine = $1 AND accelerators <> ''",
                    static row => row.GetString(0),
                    machine
                )
                .SelectMany(Accelerator.Parse),
        ];

    /// <summary>All that is wanted by tasks in line.</summary>
    public List<string> Wanted(ISqlSession session) =>
        session.Query($"SELECT DISTINCT wanted FROM tasks WHERE {Waiting}", static row => row.GetString(0));

    /// <summary>How many tasks a machine has with schedulers.</summary>
    public int Submitted(ISqlSession session, string machine) =>
        (int)
            session.QueryFirst(
                $"SELECT COUNT(*) FROM tasks WHERE {Placed} AND machine = $1 AND executor IN {Schedulers.Names}",
                static row => row.GetInt64(0),
                machine
            );

    /// <summary>The task whose turn it is: of the project that has the fewest replicas running, the one that waits longest.</summary>
    /// <param name="widest">The most replicas that it may have.</param>
    /// <param name="wanted">The accelerators that it may want: one of these.</param>
    /// <param name="submitted">Whether it is one for a scheduler, or for this machine.</param>
    public TaskRow? Next(ISqlSession session, int widest, IEnumerable<string> wanted, bool submitted = false) =>
        session.QueryFirst(
            $"""
            SELECT {Columns} FROM tasks t WHERE {Waiting} AND replicas <= $1 AND {OneOf} AND executor {(
                submitted ? "IN" : "NOT IN"
            )} {Schedulers.Names}
            ORDER BY (SELECT COALESCE(SUM(replicas), 0) FROM tasks other WHERE other.state IN (1, 2) AND other.state < 4 AND other.project = t.project), enqueued, id LIMIT 1
            """,
            Map,
            widest,
            List(wanted)
        );

    /// <summary>The task for which free slots are gathered.</summary>
    /// <param name="widest">The most replicas that it may have.</param>
    /// <param name="wanted">The accelerators that it may want: one of these.</param>
    public TaskRow? Reserved(ISqlSession session, int widest, IEnumerable<string> wanted) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM tasks WHERE {Waiting} AND reserved IS NOT NULL AND replicas <= $1 AND {OneOf} ORDER BY reserved, id LIMIT 1",
            Map,
            widest,
            List(wanted)
        );

    /// <summary>Whether any task is in line.</summary>
    public bool AnyQueued(ISqlSession session) =>
        session.QueryFirst($"SELECT 1 FROM tasks WHERE {Waiting} LIMIT 1", static row => row.GetInt64(0)) > 0;

    public List<TaskRow> Queued(ISqlSession session) =>
        session.Query($"SELECT {Columns} FROM tasks WHERE {Waiting} ORDER BY enqueued, id LIMIT 1000", Map);

    /// <summary>How many tasks have not ended, by state and executor.</summary>
    public IReadOnlyList<OpenTasks> Open(ISqlSession session) =>
        session.Query(
            "SELECT state, executor, COUNT(*), MIN(enqueued) FROM tasks WHERE state IN (0, 1, 2, 3) AND state < 4 GROUP BY state, executor",
            static row => new OpenTasks(
                (TaskState)row.GetInt32(0),
                row.GetString(1),
                row.GetInt64(2),
                Timestamps.FromMicros(row.GetInt64(3))
            )
        );

    /// <summary>Marks the task of a deleted job, whose files are then removed.</summary>
    public void MarkDeleted(ISqlSession session, string id) => session.Execute("UPDATE tasks SET deleted = 1 WHERE id = $1", id);

    /// <summary>Tasks of deleted jobs whose files may be on a machine.</summary>
    public List<TaskRow> Deleted(ISqlSession session, string machine) =>
        session.Query(
            $"SELECT {Columns} FROM tasks WHERE deleted = 1 AND (machine = $1 OR machine = '') AND state = 4 LIMIT 100",
            Map,
            machine
        );

    public void Remove(ISqlSession session, string id) => session.Execute("DELETE FROM tasks WHERE id = $1", id);

    /// <summary>All in one text, between semicolons, in which <see cref="OneOf"/> looks.</summary>
    private static string List(IEnumerable<string> wanted) => $";{string.Join(';', wanted)};";

    private static TaskRow Map(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            (TaskState)row.GetInt32(3),
            row.GetString(4),
            row.GetString(5),
            row.GetInt32(6),
            row.GetInt32(7),
            row.GetInt32(8) != 0,
            Timestamps.FromMicros(row.GetInt64(9)),
            row.IsDBNull(10) ? null : Timestamps.FromMicros(row.GetInt64(10)),
            row.GetInt32(11),
            row.IsDBNull(12) ? null : Timestamps.FromMicros(row.GetInt64(12)),
            row.GetString(13),
            Accelerator.Parse(row.GetString(14)),
            row.GetString(15)
        );
}
