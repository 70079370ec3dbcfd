using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Tuning.Storage;

/// <summary>Rows of <c>study_measurements</c>: what trials reported on the way.</summary>
internal static class MeasurementTable
{
    public static void Insert(ISqlSession session, long study, long trial, long position, Measurement measurement) =>
        session.Execute(
            "INSERT INTO study_measurements (study, trial, position, body) VALUES ($1, $2, $3, $4)",
            study,
            trial,
            position,
            measurement.ToByteArray()
        );

    /// <summary>Of one trial, in order.</summary>
    public static List<Measurement> Of(ISqlSession session, long study, long trial) =>
        session.Query(
            "SELECT body FROM study_measurements WHERE study = $1 AND trial = $2 ORDER BY position",
            static row => Measurement.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)),
            study,
            trial
        );

    public static void Delete(ISqlSession session, long study, long trial) =>
        session.Execute("DELETE FROM study_measurements WHERE study = $1 AND trial = $2", study, trial);

    /// <summary>A stored trial as it is read: with its measurements.</summary>
    public static Trial Complete(ISqlSession session, long study, TrialRow row)
    {
        if (row.Measured > 0)
        {
            row.Body.Measurements.AddRange(Of(session, study, TrialTable.Id(row.Body)));
        }

        return row.Body;
    }
}
