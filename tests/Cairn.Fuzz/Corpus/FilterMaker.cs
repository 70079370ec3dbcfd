namespace Cairn.Fuzz.Corpus;

/// <summary>Puts filters together from the words of all grammars that there are, rightly and wrongly.</summary>
internal static class FilterMaker
{
    private static readonly string[] Fields =
    [
        "display_name",
        "name",
        "labels.a",
        "labels.\"a b\"",
        "labels",
        "create_time",
        "update_time",
        "state",
        "schema_title",
        "metadata.rows",
        "metadata.rows.number_value",
        "metadata.deep.a",
        "uri",
        "parent_contexts",
        "in_context(\"x\")",
        "metrics.loss",
        "metrics.`a b`",
        "params.lr",
        "params.\"x\"",
        "tags.t",
        "tag.mlflow.runName",
        "attributes.status",
        "attributes.start_time",
        "attribute.end_time",
        "start_time",
        "run_id",
        "experiment_id",
        "attributes.experiment_id",
        "attributes.run_name",
        "attributes.artifact_uri",
        "user_id",
        "dataset.name",
        "datasets.digest",
        "version_number",
        "source_path",
        "stage",
        "severity",
        "textPayload",
        "jsonPayload.a",
        "jsonPayload.b.c",
        "timestamp",
        "logName",
        "resource.type",
        "resource.labels.a",
        "insertId",
        "httpRequest.status",
        "trace",
        "done",
        "step",
        "value",
        "creation_time",
        "last_update_time",
        "model_id",
        "source_run_id",
        "dataset_metadata_schema",
        "has_annotations",
    ];

    private static readonly string[] Operators =
    [
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        ":",
        "=~",
        "!~",
        " LIKE ",
        " ILIKE ",
        " IN ",
        " NOT IN ",
        " IS NULL",
        " IS NOT NULL",
        " BETWEEN ",
        "==",
        "==",
    ];

    private static readonly string[] Values =
    [
        "1",
        "-1",
        "0.5",
        "1e300",
        "1e400",
        "NaN",
        "inf",
        "-Infinity",
        "9223372036854775808",
        "true",
        "false",
        "null",
        "*",
        "''",
        "'a'",
        "\"a\"",
        "\"\"",
        "'%'",
        "'_%\\'",
        "'a''b'",
        "\"a\\\"b\"",
        "RUNNING",
        "\"JOB_STATE_FAILED\"",
        "ERROR",
        "made",
        "\"2026-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"2026-13-45\"",
        "('a','b')",
        "()",
        "('a',)",
        "(1,2)",
        "(a OR b)",
        "'FINISHED'",
        "'[a'",
        "\"(\"",
        "\"a*b\"",
        "\"\\u0000\"",
        "gs://x/y",
        "projects/p/locations/l/models/1",
        "\ud83d\ude00",
        "'\ud83d\ude00'",
        "",
    ];

    private static readonly string[] Joints = [" AND ", " OR ", " and ", " ", " AND NOT ", ", ", " AND (", ") OR "];

    public static string Make(Random random)
    {
        var filter =
            random.Next(8) == 0 ? "NOT "
            : random.Next(12) == 0 ? "("
            : "";
        for (var terms = 1 + random.Next(3); terms > 0; terms--)
        {
            filter +=
                Words.Pick(random, Fields)
                + Words.Pick(random, Operators)
                + Words.Pick(random, Values)
                + (terms > 1 ? Words.Pick(random, Joints) : "");
        }

        return random.Next(10) > 0 ? filter : filter.Remove(random.Next(filter.Length), 1);
    }
}
