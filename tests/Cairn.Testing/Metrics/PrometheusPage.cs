using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Testing.Metrics;

/// <summary>
/// Reads Prometheus' text format (version 0.0.4), and refuses what its specification does not allow: lines of a metric apart from each
/// other, a type after its samples, the same series twice, histograms whose buckets do not add up.
/// </summary>
public sealed partial class PrometheusPage
{
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "untyped"];

    private readonly List<PrometheusSample> _samples = [];
    private readonly Dictionary<string, string> _types = [];
    private readonly HashSet<string> _series = [];
    private readonly HashSet<string> _over = [];
    private string _family = "";

    public IReadOnlyList<PrometheusSample> Samples => _samples;

    /// <summary>The type of each metric.</summary>
    public IReadOnlyDictionary<string, string> Metrics => _types;

    /// <exception cref="FormatException">The text is not in the format.</exception>
    public static PrometheusPage Parse(string text)
    {
        if (!text.EndsWith('\n'))
        {
            throw new FormatException("The last line has no end.");
        }

        var page = new PrometheusPage();
        foreach (var line in text[..^1].Split('\n'))
        {
            page.Read(line);
        }

        foreach (var (name, _) in page._types.Where(static pair => pair.Value == "histogram"))
        {
            page.CheckHistogram(name);
        }

        return page;
    }

    public IEnumerable<PrometheusSample> Of(string name) => _samples.Where(sample => sample.Name == name);

    private void Read(string line)
    {
        if (line.StartsWith("# HELP ", StringComparison.Ordinal) && Help().Match(line) is { Success: true } help)
        {
            Enter(help.Groups[1].Value, line);
        }
        else if (line.StartsWith("# TYPE ", StringComparison.Ordinal) && Type().Match(line) is { Success: true } type)
        {
            Enter(type.Groups[1].Value, line);
            Require(Types.Contains(type.Groups[2].Value) && _types.TryAdd(_family, type.Groups[2].Value), line);
        }
        else
        {
            Sample(line);
        }
    }

    private void Sample(string line)
    {
        var match = Line().Match(line);
        Require(match.Success, line);
        var name = match.Groups["name"].Value;
        var isHistogram = _types.GetValueOrDefault(_family) == "histogram";
        Require(
            isHistogram ? name == _family + "_bucket" || name == _family + "_sum" || name == _family + "_count" : name == _family,
            line
        );
        var labels = new Dictionary<string, string>();
        foreach (Match label in Label().Matches(match.Groups["labels"].Value))
        {
            var text = Escape().Replace(label.Groups["value"].Value, static escape => escape.Value == "\\n" ? "\n" : escape.Value[1..]);
            Require(labels.TryAdd(label.Groups["name"].Value, text), line);
        }

        Require(_series.Add(name + "|" + string.Join('|', labels.OrderBy(static label => label.Key, StringComparer.Ordinal))), line);
        _samples.Add(new PrometheusSample(name, labels, Number(match.Groups["value"].Value)));
    }

    private void Enter(string family, string line)
    {
        if (family != _family)
        {
            Require(_over.Add(family), line);
            _family = family;
        }
    }

    private void CheckHistogram(string name)
    {
        foreach (var series in Of(name + "_bucket").GroupBy(sample => Key(sample)))
        {
            var buckets = series.OrderBy(static bucket => Number(bucket.Label("le")!)).ToList();
            var count = Of(name + "_count").Single(sample => Key(sample) == series.Key).Value;
            var whole = buckets[^1].Label("le") == "+Inf" && buckets[^1].Value == count;
            var grows = buckets.Zip(buckets.Skip(1)).All(static pair => pair.First.Value <= pair.Second.Value);
            Require(whole && grows && Of(name + "_sum").Count(sample => Key(sample) == series.Key) == 1, $"{name} {series.Key}");
        }

        static string Key(PrometheusSample sample) =>
            string.Join(
                '|',
                sample.Labels.Where(static label => label.Key != "le").OrderBy(static label => label.Key, StringComparer.Ordinal)
            );
    }

    private static double Number(string text) =>
        text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

    private static void Require(bool holds, string line)
    {
        if (!holds)
        {
            throw new FormatException($"Not in Prometheus' text format: {line}");
        }
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\n]|\\\\|\\n)*$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) ([a-z]+)$")]
    private static partial Regex Type();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*)\})? (?<value>[-+]?(?:Inf|[0-9.]+(?:[eE][-+]?[0-9]+)?)|NaN)$"""
    )]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\]|\\.)*)"(?:,|$)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();
}
