using System.Globalization;
using System.Xml.Linq;

namespace Cairn.TestRun;

/// <summary>Reads the result files (Visual Studio's TRX) that test programs write.</summary>
internal static class TrxFile
{
    private static readonly XNamespace Ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static IReadOnlyList<TestOutcome> Read(string path) =>
    [
        .. XDocument.Load(path).Descendants(Ns + "UnitTestResult").Select(result => new TestOutcome(
            (string?)result.Attribute("testName") ?? "?",
            (string?)result.Attribute("outcome") ?? "Failed",
            ReasonOf(result.Element(Ns + "Output")),
            TimeSpan.TryParse((string?)result.Attribute("duration"), CultureInfo.InvariantCulture, out var duration) ? duration : TimeSpan.Zero)),
    ];

    private static string ReasonOf(XElement? output)
    {
        if (output?.Element(Ns + "ErrorInfo") is { } error)
        {
            return $"{(string?)error.Element(Ns + "Message")}\n{(string?)error.Element(Ns + "StackTrace")}".Trim();
        }

        return ((string?)output?.Element(Ns + "StdOut") ?? "").Trim();
    }
}
