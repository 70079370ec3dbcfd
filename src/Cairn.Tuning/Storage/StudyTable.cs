using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tuning.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Storage;

/// <summary>Rows of <c>studies</c>.</summary>
internal static class StudyTable
{
    public static void Insert(ISqlSession session, StudyRow row, string displayName) =>
        session.Execute(
            "INSERT INTO studies (id, parent, display_name, state, created, issued, algorithm, predecessors) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            row.Id,
            row.Parent,
            displayName,
            (long)row.State,
            Timestamps.ToMicros(row.Created),
            row.Issued,
            row.Algorithm,
            string.Join(',', row.Predecessors.Select(static id => id.ToString(CultureInfo.InvariantCulture)))
        );

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public static StudyRow Get(ISqlSession session, StudyName name) =>
        session.QueryFirst(
            "SELECT id, parent, state, created, issued, algorithm, predecessors FROM studies WHERE id = $1 AND parent = $2",
            static row => new StudyRow(
                row.GetInt64(0),
                row.GetString(1),
                (Study.Types.State)row.GetInt64(2),
                Timestamps.FromMicros(row.GetInt64(3)),
                row.GetInt64(4),
                row.GetString(5),
                [
                    .. row.GetString(6)
                        .Split(',', StringSplitOptions.RemoveEmptyEntries)
                        .Select(static id => long.Parse(id, CultureInfo.InvariantCulture)),
                ]
            ),
            name.Id,
            name.Parent
        ) ?? throw Missing(name);

    /// <summary>The number of the study of a display name; null where there is none.</summary>
    public static long? Find(ISqlSession session, string parent, string displayName) =>
        session.QueryFirst(
            "SELECT id FROM studies WHERE parent = $1 AND display_name = $2",
            static row => (long?)row.GetInt64(0),
            parent,
            displayName
        );

    /// <summary>Counts trials in, and sets the state.</summary>
    public static void Advance(ISqlSession session, long id, long issued, Study.Types.State state) =>
        session.Execute("UPDATE studies SET issued = $2, state = $3 WHERE id = $1", id, issued, (long)state);

    public static bool Delete(ISqlSession session, StudyName name) =>
        session.Execute("DELETE FROM studies WHERE id = $1 AND parent = $2", name.Id, name.Parent) > 0;

    public static StatusException Missing(StudyName name) => StatusException.NotFound($"Study '{name}' does not exist.");
}
