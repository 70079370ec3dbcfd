using System.Data.Common;
using Cairn.Kernel.Database;

namespace Cairn.TuningJobs.Storage;

/// <summary>Rows of <c>tuning_jobs</c>.</summary>
internal static class TuningJobTable
{
    private const string Columns = "job, study, algorithm, predecessors, creator, cancel, failure, active";

    public static void Insert(ISqlSession session, TuningJobRow row) =>
        session.Execute(
            $"INSERT INTO tuning_jobs ({Columns}, project, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            row.Job,
            row.Study,
            row.Algorithm,
            string.Join(',', row.Predecessors),
            row.Creator,
            row.Cancel ? 1 : 0,
            row.Failure,
            row.Active ? 1 : 0,
            TuningJobName.Parse(row.Job).Project,
            TuningJobName.Parse(row.Job).Id
        );

    public static void Update(ISqlSession session, TuningJobRow row) =>
        session.Execute(
            "UPDATE tuning_jobs SET study = $2, cancel = $3, failure = $4, active = $5 WHERE job = $1",
            row.Job,
            row.Study,
            row.Cancel ? 1 : 0,
            row.Failure,
            row.Active ? 1 : 0
        );

    public static TuningJobRow? Find(ISqlSession session, string job) =>
        session.QueryFirst($"SELECT {Columns} FROM tuning_jobs WHERE job = $1", Read, job);

    public static void Delete(ISqlSession session, string job) => session.Execute("DELETE FROM tuning_jobs WHERE job = $1", job);

    private static TuningJobRow Read(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3).Split(',', StringSplitOptions.RemoveEmptyEntries),
            row.GetString(4),
            row.GetInt64(5) != 0,
            row.GetString(6),
            row.GetInt64(7) != 0
        );
}
