namespace Cairn.Testing.Metrics;

/// <summary>One line of a page of Prometheus' text format.</summary>
public sealed record PrometheusSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string? Label(string name) => Labels.GetValueOrDefault(name);
}
