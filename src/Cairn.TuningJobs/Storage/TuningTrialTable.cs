using System.Data.Common;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.TuningJobs.Storage;

/// <summary>Rows of <c>tuning_trials</c>.</summary>
internal static class TuningTrialTable
{
    private const string Columns = "job, trial, custom_job, phase, outcome, reason, stopping, fresh, last, best, body";

    public static void Insert(ISqlSession session, TuningTrialRow row) =>
        session.Execute(
            $"INSERT INTO tuning_trials ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            row.Job,
            row.Trial,
            row.CustomJob,
            (int)row.Phase,
            (int)row.Outcome,
            row.Reason,
            row.Stopping ? 1 : 0,
            row.Fresh ? 1 : 0,
            row.Last.ToByteArray(),
            row.Best.ToByteArray(),
            row.Body.ToByteArray()
        );

    public static void Update(ISqlSession session, TuningTrialRow row) =>
        session.Execute(
            "UPDATE tuning_trials SET phase = $3, outcome = $4, reason = $5, stopping = $6, fresh = $7, last = $8, best = $9, body = $10 WHERE job = $1 AND trial = $2",
            row.Job,
            row.Trial,
            (int)row.Phase,
            (int)row.Outcome,
            row.Reason,
            row.Stopping ? 1 : 0,
            row.Fresh ? 1 : 0,
            row.Last.ToByteArray(),
            row.Best.ToByteArray(),
            row.Body.ToByteArray()
        );

    public static TuningTrialRow? Find(ISqlSession session, string job, long trial) =>
        session.QueryFirst($"SELECT {Columns} FROM tuning_trials WHERE job = $1 AND trial = $2", Read, job, trial);

    /// <summary>The trial that a custom job is, or null.</summary>
    public static TuningTrialRow? OfCustomJob(ISqlSession session, string customJob) =>
        session.QueryFirst($"SELECT {Columns} FROM tuning_trials WHERE custom_job = $1", Read, customJob);

    /// <summary>A job's trials by number.</summary>
    public static List<TuningTrialRow> Of(ISqlSession session, string job) =>
        session.Query($"SELECT {Columns} FROM tuning_trials WHERE job = $1 ORDER BY trial", Read, job);

    /// <summary>Where the trials of a job stand, each phase once.</summary>
    public static IReadOnlySet<TrialPhase> Phases(ISqlSession session, string job) =>
        session
            .Query("SELECT DISTINCT phase FROM tuning_trials WHERE job = $1", static row => (TrialPhase)row.GetInt64(0), job)
            .ToHashSet();

    /// <summary>The trials as the API gives them, by number.</summary>
    public static List<Trial> Bodies(ISqlSession session, string job) =>
        session.Query(
            "SELECT body FROM tuning_trials WHERE job = $1 ORDER BY trial",
            static row => StoredMessage.Read(Trial.Parser, row.GetFieldValue<byte[]>(0)),
            job
        );

    /// <summary>The numbers of the custom jobs of a tuning job's latest trials, with the trials' own.</summary>
    public static List<(string CustomJob, long Trial)> CustomJobs(ISqlSession session, string project, string number, int count) =>
        session.Query(
            "SELECT custom_job, trial FROM tuning_trials WHERE job IN (SELECT job FROM tuning_jobs WHERE project = $1 AND number = $2) AND custom_job <> '' ORDER BY trial DESC LIMIT $3",
            static row => (row.GetString(0)[(row.GetString(0).LastIndexOf('/') + 1)..], row.GetInt64(1)),
            project,
            number,
            (long)count
        );

    /// <summary>The ids of a job's trials that were stopped.</summary>
    public static List<string> Stopped(ISqlSession session, string job) =>
        session.Query(
            "SELECT trial FROM tuning_trials WHERE job = $1 AND stopping = 1",
            static row => row.GetInt64(0).ToString(System.Globalization.CultureInfo.InvariantCulture),
            job
        );

    public static void Delete(ISqlSession session, string job) => session.Execute("DELETE FROM tuning_trials WHERE job = $1", job);

    private static TuningTrialRow Read(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt64(1),
            row.GetString(2),
            (TrialPhase)row.GetInt64(3),
            (JobState)row.GetInt64(4),
            row.GetString(5),
            row.GetInt64(6) != 0,
            row.GetInt64(7) != 0,
            Measurement.Parser.ParseFrom(row.GetFieldValue<byte[]>(8)),
            Measurement.Parser.ParseFrom(row.GetFieldValue<byte[]>(9)),
            StoredMessage.Read(Google.Cloud.AIPlatform.V1.Trial.Parser, row.GetFieldValue<byte[]>(10))
        );
}
