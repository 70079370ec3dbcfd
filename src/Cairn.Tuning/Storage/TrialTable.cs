using System.Data.Common;
using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Tuning.Specs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Tuning.Storage;

/// <summary>Rows of <c>study_trials</c>.</summary>
internal static class TrialTable
{
    private const string Columns = "body, measured, last_step, last_elapsed";

    public static void Insert(ISqlSession session, StudyModel model, long study, Trial trial) =>
        session.Execute(
            "INSERT INTO study_trials (study, id, state, client, objective, ended, measured, last_step, last_elapsed, body) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7)",
            study,
            Id(trial),
            (long)trial.State,
            trial.ClientId,
            TrialTranslation.Objective(model, trial),
            trial.EndTime is { } end ? Timestamps.ToMicros(end) : null,
            trial.ToByteArray()
        );

    public static void Update(ISqlSession session, StudyModel model, long study, TrialRow row) =>
        session.Execute(
            "UPDATE study_trials SET state = $3, client = $4, objective = $5, ended = $6, measured = $7, last_step = $8, last_elapsed = $9, body = $10 WHERE study = $1 AND id = $2",
            study,
            Id(row.Body),
            (long)row.Body.State,
            row.Body.ClientId,
            TrialTranslation.Objective(model, row.Body),
            row.Body.EndTime is { } end ? Timestamps.ToMicros(end) : null,
            row.Measured,
            row.LastStep,
            row.LastElapsed,
            row.Body.ToByteArray()
        );

    public static TrialRow? Find(ISqlSession session, long study, long id) =>
        session.QueryFirst($"SELECT {Columns} FROM study_trials WHERE study = $1 AND id = $2", Read, study, id);

    /// <summary>By number, after one.</summary>
    public static List<TrialRow> Page(ISqlSession session, long study, long after, int count) =>
        session.Query(
            $"SELECT {Columns} FROM study_trials WHERE study = $1 AND id > $2 ORDER BY id LIMIT $3",
            Read,
            study,
            after,
            (long)count
        );

    /// <summary>By number, of one state and client.</summary>
    public static List<TrialRow> Open(ISqlSession session, long study, Trial.Types.State state, string client, int count) =>
        session.Query(
            $"SELECT {Columns} FROM study_trials WHERE study = $1 AND state = $2 AND state < 4 AND client = $3 ORDER BY id LIMIT $4",
            Read,
            study,
            (long)state,
            client,
            (long)count
        );

    /// <summary>By number, of one state, whoever's.</summary>
    public static List<TrialRow> OpenOfAll(ISqlSession session, long study, Trial.Types.State state, int count) =>
        session.Query(
            $"SELECT {Columns} FROM study_trials WHERE study = $1 AND state = $2 AND state < 4 ORDER BY client, id LIMIT $3",
            Read,
            study,
            (long)state,
            (long)count
        );

    /// <summary>The latest, newest first.</summary>
    public static List<TrialRow> Latest(ISqlSession session, long study, int count) =>
        session.Query($"SELECT {Columns} FROM study_trials WHERE study = $1 ORDER BY id DESC LIMIT $2", Read, study, (long)count);

    /// <summary>The latest that succeeded after intermediate measurements, newest first.</summary>
    public static List<TrialRow> LatestMeasured(ISqlSession session, long study, int count) =>
        session.Query(
            $"SELECT {Columns} FROM study_trials WHERE study = $1 AND state = $2 AND measured > 0 ORDER BY id DESC LIMIT $3",
            Read,
            study,
            (long)Trial.Types.State.Succeeded,
            (long)count
        );

    /// <summary>The best of a study with one objective, best first, the oldest of equals first.</summary>
    public static List<TrialRow> Best(ISqlSession session, long study, int count) =>
        session.Query(
            $"SELECT {Columns} FROM study_trials WHERE study = $1 AND objective IS NOT NULL ORDER BY objective DESC, id LIMIT $2",
            Read,
            study,
            (long)count
        );

    /// <summary>How many have ended.</summary>
    public static long CountEnded(ISqlSession session, long study) =>
        session.QueryFirst("SELECT COUNT(*) FROM study_trials WHERE study = $1 AND state >= 4", static row => row.GetInt64(0), study);

    /// <summary>How many have ended since a moment in microseconds.</summary>
    public static long CountEndedSince(ISqlSession session, long study, long since) =>
        session.QueryFirst(
            "SELECT COUNT(*) FROM study_trials WHERE study = $1 AND state >= 4 AND ended > $2",
            static row => row.GetInt64(0),
            study,
            since
        );

    public static bool Delete(ISqlSession session, long study, long id)
    {
        MeasurementTable.Delete(session, study, id);
        return session.Execute("DELETE FROM study_trials WHERE study = $1 AND id = $2", study, id) > 0;
    }

    /// <summary>Deletes some of a study's trials; false where none were left.</summary>
    public static bool DeleteSome(ISqlSession session, long study, int count)
    {
        var last = session
            .Query("SELECT id FROM study_trials WHERE study = $1 ORDER BY id LIMIT $2", static row => row.GetInt64(0), study, (long)count)
            .LastOrDefault();
        if (last == 0)
        {
            return false;
        }

        session.Execute("DELETE FROM study_measurements WHERE study = $1 AND trial <= $2", study, last);
        return session.Execute("DELETE FROM study_trials WHERE study = $1 AND id <= $2", study, last) > 0;
    }

    public static long Id(Trial trial) => long.Parse(trial.Id, CultureInfo.InvariantCulture);

    private static TrialRow Read(DbDataReader row) =>
        new(StoredMessage.Read(Trial.Parser, row.GetFieldValue<byte[]>(0)), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
}
