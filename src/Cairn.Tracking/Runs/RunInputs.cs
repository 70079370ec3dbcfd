using System.Text.Json;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Tracking.Runs;

/// <summary>The data sets that runs read.</summary>
public static class RunInputs
{
    private const int MaxName = 500;
    private const int MaxDigest = 36;
    private const int MaxText = 16 << 20;

    private const string Insert =
        "INSERT INTO run_inputs (run, name, digest, source_type, source, schema_text, profile, context, tags) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (run, name, digest) DO ";

    private const string Renewal =
        "UPDATE SET source_type = excluded.source_type, source = excluded.source, schema_text = excluded.schema_text, "
        + "profile = excluded.profile, context = excluded.context, tags = excluded.tags";

    /// <summary>
    /// Adds an input. The same data set again keeps the description and the tags, with its context, that it came with first; with <paramref
    /// name="renew"/> it takes the new ones.
    /// </summary>
    public static void Add(ISqlSession session, Run run, RunInput input, bool renew = false)
    {
        if (Characters.Count(input.Name) is 0 or > MaxName || Characters.Count(input.Digest) is 0 or > MaxDigest)
        {
            throw StatusException.InvalidArgument(
                $"A dataset needs a name of 1 to {MaxName} characters and a digest of 1 to {MaxDigest}; it has '{input.Name}' and '{input.Digest}'."
            );
        }

        if (input.Schema.Length + input.Profile.Length + input.Source.Length > MaxText)
        {
            throw StatusException.InvalidArgument(
                $"The source, schema and profile of dataset '{input.Name}' have more than {MaxText} characters."
            );
        }

        var context = input.Tags.FirstOrDefault(static tag => tag.Key == "mlflow.data.context").Value ?? "";
        session.Execute(
            Insert + (renew ? Renewal : "NOTHING"),
            run.Id,
            input.Name,
            input.Digest,
            input.SourceType,
            input.Source,
            input.Schema,
            input.Profile,
            context,
            JsonSerializer.Serialize(input.Tags)
        );
    }

    /// <summary>By the run's row id.</summary>
    public static ILookup<long, RunInput> Of(ISqlSession session, IEnumerable<Run> runs) =>
        session
            .Query(
                $"SELECT run, name, digest, source_type, source, schema_text, profile, tags FROM run_inputs WHERE run IN ({IdList.Sql(session.Dialect)}) ORDER BY run, name, digest",
                static row =>
                    (
                        Run: row.GetInt64(0),
                        Input: new RunInput(
                            row.GetString(1),
                            row.GetString(2),
                            row.GetString(3),
                            row.GetString(4),
                            row.GetString(5),
                            row.GetString(6),
                            JsonSerializer.Deserialize<List<KeyValuePair<string, string>>>(row.GetString(7))!
                        )
                    ),
                IdList.Argument(runs.Select(static run => run.Id))
            )
            .ToLookup(static row => row.Run, static row => row.Input);

    /// <summary>The distinct data sets that the runs of experiments read, as (experiment, name, digest, context).</summary>
    public static IReadOnlyList<(long Experiment, string Name, string Digest, string Context)> Summaries(
        ISqlSession session,
        IEnumerable<long> experiments,
        int limit
    ) =>
        session.Query(
            $"SELECT DISTINCT r.experiment, i.name, i.digest, i.context FROM run_inputs i JOIN runs r ON r.id = i.run WHERE r.stage = 0 AND r.experiment IN ({IdList.Sql(session.Dialect)}) ORDER BY r.experiment, i.name, i.digest, i.context LIMIT $2",
            static row => (row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            IdList.Argument(experiments),
            (long)limit
        );
}
