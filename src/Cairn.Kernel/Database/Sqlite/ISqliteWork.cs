namespace Cairn.Kernel.Database.Sqlite;

/// <summary>One queued call of the writer.</summary>
internal interface ISqliteWork
{
    /// <summary>Runs the work and keeps its outcome; false where it threw, and must be rolled back.</summary>
    bool Run(SqliteSession session);

    /// <summary>What the last run threw, or null.</summary>
    Exception? Failure { get; }

    /// <summary>Hands the outcome to the caller: the group is committed.</summary>
    void Complete();

    /// <summary>The group could not be committed.</summary>
    void Fail(Exception error);
}
