using Cairn.Jobs.Logs;
using Cairn.Kernel.Errors;
using Google.Cloud.Logging.V2;
using Google.Protobuf;

namespace Cairn.Jobs.Tests.Logs;

public sealed class LogFilterTests
{
    private static readonly LogEntry Entry = JsonParser.Default.Parse<LogEntry>(
        """
        {
          "logName": "projects/p/logs/workerpool0-0", "insertId": "b7", "severity": "WARNING", "timestamp": "2026-03-01T10:00:00.123456789Z",
          "resource": {"type": "ml_job", "labels": {"job_id": "42", "task_name": "workerpool0-0"}},
          "labels": {"ml.googleapis.com/job_id": "42"},
          "jsonPayload": {"message": "Epoch 3: loss 0.25", "metrics": {"loss": 0.25}, "tags": ["a", "b"], "done": true}
        }
        """
    );

    [Theory]
    [InlineData("")]
    [InlineData("resource.type=\"ml_job\" AND resource.labels.job_id=\"42\"")]
    [InlineData("resource.type=ml_job resource.labels.job_id=42")]
    [InlineData("severity>=WARNING")]
    [InlineData("severity=warning")]
    [InlineData("severity<ERROR")]
    [InlineData("NOT severity=ERROR")]
    [InlineData("timestamp>=\"2026-03-01T10:00:00.123456789Z\" AND timestamp<\"2026-03-01T10:00:00.123456790Z\"")]
    [InlineData("timestamp>\"2026-03-01T11:59:59+02:00\"")]
    [InlineData("((timestamp=\"2026-03-01T10:00:00.123456789Z\" AND insertId>\"b6\") OR timestamp>\"2026-03-01T10:00:00.123456789Z\")")]
    [InlineData("jsonPayload.message:\"epoch 3\"")]
    [InlineData("json_payload.message=~\"loss 0\\.\\d+$\"")]
    [InlineData("jsonPayload.message!~\"^Step\"")]
    [InlineData("jsonPayload.metrics.loss<0.3")]
    [InlineData("jsonPayload.tags=b")]
    [InlineData("jsonPayload.done=true")]
    [InlineData("jsonPayload.metrics:*")]
    [InlineData("labels.\"ml.googleapis.com/job_id\"=42")]
    [InlineData("logName=\"projects/p/logs/workerpool0-0\"")]
    [InlineData("log_id(\"workerpool0-0\")")]
    [InlineData("Epoch")]
    [InlineData("-jsonPayload.absent:*")]
    [InlineData("severity=(ERROR OR WARNING)")]
    [InlineData("jsonPayload.message:(epoch AND loss)")]
    [InlineData("jsonPayload.message:(epoch NOT \"loss 0.5\")")]
    [InlineData("jsonPayload.message=~(\"^nothing\" OR \"^Epoch\")")]
    [InlineData("SEARCH(\"LOSS epoch\")")]
    [InlineData("SEARCH(\"`epoch 3` 25\")")]
    [InlineData("SEARCH(jsonPayload.message, \"epoch\")")]
    [InlineData("search(resource.labels, \"workerpool0\") severity>=INFO")]
    [InlineData("resource.type=\"ml_job\" AND (severity=ERROR OR jsonPayload.metrics.loss<=0.25) AND NOT jsonPayload.tags=c")]
    [InlineData("jsonPayload.absent!=x")]
    public void an_entry_that_matches_is_accepted(string filter) => LogFilter.Parse(filter).Accepts(Entry).ShouldBeTrue();

    [Theory]
    [InlineData("resource.labels.job_id=43")]
    [InlineData("severity>WARNING")]
    [InlineData("timestamp<\"2026-03-01T10:00:00.123456789Z\"")]
    [InlineData("jsonPayload.metrics.loss>0.3")]
    [InlineData("textPayload:loss")]
    [InlineData("nonsense")]
    [InlineData("no_such_field=1")]
    [InlineData("jsonPayload.message=~\"^loss\"")]
    [InlineData("severity=(ERROR OR INFO)")]
    [InlineData("SEARCH(\"`3 epoch`\")")]
    [InlineData("SEARCH(\"epo\")")]
    [InlineData("SEARCH(textPayload, \"epoch\")")]
    public void one_that_does_not_is_not(string filter) => LogFilter.Parse(filter).Accepts(Entry).ShouldBeFalse();

    [Theory]
    [InlineData("severity>=LOUD", "LOUD")]
    [InlineData("timestamp>yesterday", "yesterday")]
    [InlineData("jsonPayload.message=~\"(\"", "regular expression")]
    [InlineData("resource.type=", "ends")]
    [InlineData("sample(insertId, 1)", "sample")]
    [InlineData("SEARCH(\"...\")", "words")]
    [InlineData("severity=(ERROR", "ends")]
    [InlineData("severity=()", "value")]
    public void a_wrong_filter_is_told(string filter, string part) =>
        Should.Throw<StatusException>(() => LogFilter.Parse(filter)).Message.ShouldContain(part);

    [Fact]
    public void the_bounds_are_taken_from_what_must_hold()
    {
        var bounds = LogFilter
            .Parse(
                "resource.labels.job_id=\"42\" AND (severity>=ERROR timestamp>=\"1970-01-01T00:00:01Z\") AND timestamp<\"1970-01-01T00:00:02Z\""
            )
            .Bounds;

        bounds.ShouldBe(new LogBounds(1_000_000_000, 2_000_000_000, "42", null, 500));
        LogFilter.Parse("log_id(\"stdout\") AND severity=(ERROR OR INFO)").Bounds.ShouldBe(new LogBounds(Log: "stdout"));
        LogFilter.Parse("resource.labels.job_id=\"42\" OR severity>=ERROR").Bounds.ShouldBe(new LogBounds());
    }
}
