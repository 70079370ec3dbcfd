namespace Cairn.Testing.Plans;

/// <summary>Statements that go through a table, and why that is right.</summary>
internal static class KnownPlans
{
    /// <summary>The table, what the statement's text has that makes it this one, and the reason.</summary>
    private static readonly (string Table, string Text, string Reason)[] Known =
    [
        ("tokens", "role <> $1", "Someone asks for all tokens: people's, and those of tasks that run."),
        ("metric_logs", "WHERE indexed < seq", "By an index of the runs that are behind."),
        ("metric_segments", "HAVING COUNT(*) >= $2", "Once after the start, by an index that has all it asks for."),
        ("tensorboard_jobs", "", "Holds the jobs whose logs are followed."),
        ("tensorboard_garbage", "ORDER BY id LIMIT", "Holds what is to be deleted; some of it, by its key."),
        ("removed_folders", "ORDER BY id LIMIT", "Holds what is to be deleted; some of it, by its key."),
        ("log_garbage", "LIMIT 1", "Holds what is to be deleted; one of it."),
        ("data_buckets", "SELECT name FROM data_buckets", "A row a bucket, read at the start."),
        (
            "serving_deployments",
            "ORDER BY endpoint, id",
            "A row a deployed model, read at the start and when one is deployed or taken away."
        ),
        ("migrations", "SELECT owner, version", "A row a capability, read by the doctor."),
        ("metadata_children", "WHERE c.parent = c.parent", "Someone asks for the contexts without any parent."),
        (
            "registered_versions",
            "v.source LIKE",
            "Files are removed for good that someone asked to be; a version's source may name them anywhere."
        ),
    ];

    public static bool Allows(string sql, string table) =>
        Known.Any(known => table == known.Table && sql.Contains(known.Text, StringComparison.Ordinal));
}
