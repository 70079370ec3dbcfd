namespace Cairn.Fuzz.Corpus;

/// <summary>Texts, numbers and names that have gone wrong somewhere before.</summary>
internal static class Words
{
    /// <summary>What may stand where JSON has a value, as it stands in JSON (or does not).</summary>
    public static readonly string[] Tokens =
    [
        "null", "true", "false", "0", "-1", "1", "-0", "0.5", "2147483647", "2147483648", "-2147483649", "4294967296", "9007199254740993",
        "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551615", "1e300", "-1e300", "1e39", "1e-320", "1e400", "NaN", "Infinity", "-Infinity",
        "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"1e300\"", "\"0x10\"",
        "\"\"", "\" \"", "\"0\"", "\"-1\"", "\"1.5\"", "\"true\"", "[]", "{}", "[null]", "{\"\":null}", "[[]]", "01", "1.", ".5", "+1",
        "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ude00\"",
        "\"../../../etc/passwd\"", "\"..\"", "\".\"", "\"/\"", "\"//\"", "\"a/../b\"", "\"%2e%2e%2f\"", "\"%00\"", "\"-\"", "\"*\"",
        "\"default\"", "\"a@b\"", "\"gs://\"", "\"gs://x\"", "\"gs:///x\"", "\"gs://../x\"",
        "\"file:///etc/passwd\"", "\"9999-12-31T23:59:59.999999999Z\"", "\"0001-01-01T00:00:00Z\"", "\"10000-01-01T00:00:00Z\"",
        "\"2026-02-30T00:00:00Z\"", "\"1970-01-01\"", "\"315576000000s\"", "\"-315576000000s\"",
        "\"1e9s\"", "\"-1s\"", "\"0s\"", "\"s\"", "\"\\u202e\\ufeff\"", "\"\\r\\nX-Injected: 1\"", "\"'; DROP TABLE runs; --\"",
        "\"${jndi:x}\"", "\"{{7*7}}\"", "\"İıſß\"", "\"\\u0085\\u2028\"",
    ];

    /// <summary>Texts for paths, queries and headers.</summary>
    public static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1", "9223372036854775807", "9223372036854775808", "1e300", "NaN", "true", "null", "..", ".", "../..",
        "%2e%2e", "%2F", "%00", "%", "%zz", "%FF", "%ED%A0%80", "%F0%9F%98%80", "a%0d%0ab", "*", "**",
        "-", "_", "@", ":", "~", "a:b", "a@1", "@default", "a,b", "a;b", "\"", "'", "`", "\\", "{", "}", "[0]", "+", "a+b", "%2B", "$",
        "default", "latest", "projects/other/locations/us-central1/models/1", "us-east1",
        "9999-12-31T23:59:59Z", "bytes=0-", "bytes=5-2", "bytes=-0", "bytes=99999999999999999999-", "bytes 0-4/5", "bytes */*",
        "bytes 5-1/2", "identity", "gzip", "br", "W/\"x\"",
    ];

    public static readonly string[] Filters =
    [
        "display_name=\"made\"", "labels.a=b", "labels.a:*", "create_time>\"2026-01-01T00:00:00Z\"",
        "NOT state=FAILED AND (name:x OR display_name=y)", "schema_title=\"system.Dataset\"", "metadata.a.number_value>1",
        "metrics.loss < 1", "params.lr = '0.1'", "tags.`a b` LIKE '%x_'", "attributes.start_time > 5", "severity>=ERROR",
        "textPayload=~\"a(b\"", "jsonPayload.a.b=1", "((((a=b))))", "a=", "=b", "AND", "\"", "a IN ('x','y')",
        "in_context(\"x\")", "has_parent", "timestamp>\"bad\"", "a=1e400", "name!=''", "NOT NOT NOT a=b", "labels.\"a=b\"=c",
        "x:(a OR b)", "run_id IN ()", "a\u0000=b", "state=\"PIPELINE_STATE_FAILED\"", "\ud83d\ude00=1",
    ];

    public static T Pick<T>(Random random, params IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
