using Cairn.Jobs.Agent;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Tests.Agent;

public sealed class LineSeverityTests
{
    [Theory]
    [InlineData("""{"message": "m", "severity": "WARNING"}""", LogSeverity.Warning)]
    [InlineData("""{"severity": "error", "message": {"a": 1}}""", LogSeverity.Error)]
    [InlineData("""{"severity": "ERROR"}""", LogSeverity.Info)]
    [InlineData("""{"message": "m", "severity": "LOUD"}""", LogSeverity.Info)]
    [InlineData("""{"message": "m", "severity": 500}""", LogSeverity.Info)]
    [InlineData("""{"message": "m", "severity": "ERROR" """, LogSeverity.Info)]
    [InlineData("""{"message": "m",, "severity": "ERROR"}""", LogSeverity.Info)]
    [InlineData("ERROR", LogSeverity.Info)]
    public void a_structured_line_says_how_severe_it_is(string line, LogSeverity expected) =>
        LineSeverity.Of(line, LogSeverity.Info).ShouldBe(expected);
}
