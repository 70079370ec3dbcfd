using System.Globalization;
using System.Xml.Linq;

namespace Cairn.TestRun;

/// <summary>Reads the result files (Visual Studio's TRX) that test programs write.</summary>
internal static class TrxFile
{
    private static readonly XNamespace Ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static IReadOnlyList<TestOutcome> Read(string path)
    {
        var document = XDocument.Load(path);
        var methods = document
            .Descendants(Ns + "UnitTest")
            .ToDictionary(test => (string?)test.Attribute("id") ?? "", test => MethodOf(test.Element(Ns + "TestMethod")));
        return
        [
            .. document
                .Descendants(Ns + "UnitTestResult")
                .Select(result => new TestOutcome(
                    (string?)result.Attribute("testName") ?? "?",
                    methods.GetValueOrDefault((string?)result.Attribute("testId") ?? "", ""),
                    (string?)result.Attribute("outcome") ?? "Failed",
                    ReasonOf(result.Element(Ns + "Output")),
                    TimeSpan.TryParse((string?)result.Attribute("duration"), CultureInfo.InvariantCulture, out var duration)
                        ? duration
                        : TimeSpan.Zero
                )),
        ];
    }

    // A case of a theory is named with its arguments; the method is what stands before them.
    private static string MethodOf(XElement? method) =>
        $"{(string?)method?.Attribute("className")}.{((string?)method?.Attribute("name") ?? "").Split('(', 2)[0]}";

    private static string ReasonOf(XElement? output)
    {
        if (output?.Element(Ns + "ErrorInfo") is { } error)
        {
            return $"{(string?)error.Element(Ns + "Message")}\n{(string?)error.Element(Ns + "StackTrace")}".Trim();
        }

        return ((string?)output?.Element(Ns + "StdOut") ?? "").Trim();
    }
}
