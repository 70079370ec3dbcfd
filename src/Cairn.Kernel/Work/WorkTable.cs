using Cairn.Kernel.Database;
using Cairn.Kernel.Store;

namespace Cairn.Kernel.Work;

/// <summary>
/// The table of work. <c>due</c> is when an item may be claimed: when its next step is due, or, while a server has it, when that server's
/// lease ends; NULL while it sleeps. <c>fence</c> counts the claims. <c>again</c> notes a wake that came while a step ran.
/// </summary>
internal static class WorkTable
{
    public static MigrationSet Migrations { get; } =
        new(
            "work",
            [
                """
                CREATE TABLE work (
                    kind {text} NOT NULL,
                    key {text} NOT NULL,
                    due BIGINT,
                    attempt BIGINT NOT NULL DEFAULT 0,
                    fence BIGINT NOT NULL DEFAULT 0,
                    owner {text},
                    again BIGINT NOT NULL DEFAULT 0,
                    cancelled BIGINT NOT NULL DEFAULT 0,
                    note {blob},
                    said {text},
                    PRIMARY KEY (kind, key)
                );
                CREATE INDEX work_due ON work (kind, due) WHERE due IS NOT NULL;
                CREATE INDEX work_owner ON work (owner) WHERE owner IS NOT NULL
                """,
            ]
        );

    public static void Insert(ISqlSession session, string kind, string key, byte[]? note, DateTimeOffset now) =>
        session.Execute("INSERT INTO work (kind, key, due, note) VALUES ($1, $2, $3, $4)", kind, key, Timestamps.ToMicros(now), note);

    /// <summary>Makes an item due; false where there is none.</summary>
    public static bool Wake(ISqlSession session, string kind, string key, DateTimeOffset now) =>
        session.Execute(
            "UPDATE work SET again = CASE WHEN owner IS NULL THEN 0 ELSE 1 END, due = CASE WHEN owner IS NULL THEN $3 ELSE due END WHERE kind = $1 AND key = $2",
            kind,
            key,
            Timestamps.ToMicros(now)
        ) > 0;

    public static void Cancel(ISqlSession session, string kind, string key) =>
        session.Execute("UPDATE work SET cancelled = 1 WHERE kind = $1 AND key = $2", kind, key);

    public static bool Delete(ISqlSession session, string kind, string key) =>
        session.Execute("DELETE FROM work WHERE kind = $1 AND key = $2", kind, key) > 0;

    public static bool Holds(ISqlSession session, WorkItem item) =>
        session.QueryFirst(
            "SELECT 1 FROM work WHERE kind = $1 AND key = $2 AND fence = $3",
            static _ => true,
            item.Kind,
            item.Key,
            item.Fence
        );

    /// <summary>
    /// When the first item of a kind may be claimed, in microseconds since 1970; null where none ever may without a wake.
    /// </summary>
    public static long? FirstDue(ISqlSession session, string kind) =>
        session.QueryFirst<long?>(
            "SELECT due FROM work WHERE kind = $1 AND due IS NOT NULL ORDER BY due LIMIT 1",
            static row => row.GetInt64(0),
            kind
        );

    /// <summary>When an item may be claimed, in microseconds since 1970; null where there is none, or it sleeps.</summary>
    public static long? DueOf(ISqlSession session, string kind, string key) =>
        session.QueryFirst<long?>(
            "SELECT due FROM work WHERE kind = $1 AND key = $2 AND due IS NOT NULL",
            static row => row.GetInt64(0),
            kind,
            key
        );

    /// <summary>How many items of a kind may be claimed, and when the first of them could be, in microseconds since 1970.</summary>
    public static (long Count, long? First) Due(ISqlSession session, string kind, long now) =>
        session.QueryFirst<(long, long?)>(
            "SELECT COUNT(*), MIN(due) FROM work WHERE kind = $1 AND due <= $2",
            static row => (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1)),
            kind,
            now
        );

    /// <summary>Claims the items of a kind that have been due for longest.</summary>
    public static List<WorkItem> Claim(ISqlSession session, WorkKind kind, int count, string owner, DateTimeOffset now)
    {
        var found = session.Query(
            "SELECT key, attempt, fence, cancelled, note FROM work WHERE kind = $1 AND due <= $2 ORDER BY due LIMIT $3",
            row => new WorkItem(
                kind.Name,
                row.GetString(0),
                (int)row.GetInt64(1),
                row.GetInt64(2) + 1,
                row.GetInt64(3) != 0,
                row.IsDBNull(4) ? [] : row.GetFieldValue<byte[]>(4)
            ),
            kind.Name,
            Timestamps.ToMicros(now),
            count
        );
        foreach (var item in found)
        {
            session.Execute(
                "UPDATE work SET owner = $3, fence = $4, again = 0, due = $5 WHERE kind = $1 AND key = $2",
                kind.Name,
                item.Key,
                owner,
                item.Fence,
                Timestamps.ToMicros(now + kind.Lease)
            );
        }

        return found;
    }

    /// <summary>What a server has claimed, by kind and key: the fence, and whether it was cancelled since.</summary>
    public static Dictionary<(string Kind, string Key), (long Fence, bool Cancelled)> Of(ISqlSession session, string owner) =>
        session
            .Query(
                "SELECT kind, key, fence, cancelled FROM work WHERE owner = $1",
                static row => KeyValuePair.Create((row.GetString(0), row.GetString(1)), (row.GetInt64(2), row.GetInt64(3) != 0)),
                owner
            )
            .ToDictionary();

    /// <summary>Moves what is due later than now by as much as the clock was set back, and not before now. Returns how many items.</summary>
    public static int SetBack(ISqlSession session, string kind, TimeSpan back, DateTimeOffset now) =>
        session.Execute(
            "UPDATE work SET due = CASE WHEN due - $3 > $2 THEN due - $3 ELSE $2 END WHERE kind = $1 AND due > $2",
            kind,
            Timestamps.ToMicros(now),
            (long)back.TotalMicroseconds
        );

    /// <summary>Prolongs a lease; nothing where the item has been given back meanwhile, or is another's.</summary>
    public static void Renew(ISqlSession session, WorkItem item, TimeSpan lease, DateTimeOffset now) =>
        session.Execute(
            "UPDATE work SET due = $4 WHERE kind = $1 AND key = $2 AND fence = $3 AND owner IS NOT NULL",
            item.Kind,
            item.Key,
            item.Fence,
            Timestamps.ToMicros(now + lease)
        );

    /// <summary>Gives an item back after a step, with the time of the next. Nothing where somebody else has claimed it since.</summary>
    /// <param name="after">How long until then; null until somebody wakes it.</param>
    /// <param name="failures">How many steps in a row have failed.</param>
    /// <param name="said">What the step failed with, or null.</param>
    public static void GiveBack(
        ISqlSession session,
        WorkItem item,
        TimeSpan? after,
        int failures,
        byte[]? note,
        string? said,
        DateTimeOffset now
    ) =>
        session.Execute(
            """
            UPDATE work SET owner = NULL, due = CASE WHEN again = 1 AND $5 = 0 THEN $6 ELSE $4 END, again = 0, attempt = $5, note = COALESCE($7, note), said = $8
            WHERE kind = $1 AND key = $2 AND fence = $3
            """,
            item.Kind,
            item.Key,
            item.Fence,
            after is { } wait ? Timestamps.ToMicros(now + wait) : null,
            failures,
            Timestamps.ToMicros(now),
            note,
            said
        );

    /// <summary>
    /// Removes an item after its last step. One that was woken meanwhile has another step to come, in which its worker looks again.
    /// </summary>
    public static void End(ISqlSession session, WorkItem item, DateTimeOffset now)
    {
        if (
            session.Execute("DELETE FROM work WHERE kind = $1 AND key = $2 AND fence = $3 AND again = 0", item.Kind, item.Key, item.Fence)
            == 0
        )
        {
            GiveBack(session, item, TimeSpan.Zero, 0, null, null, now);
        }
    }
}
