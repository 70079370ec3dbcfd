namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>A model as the calls left it.</summary>
internal sealed class KnownModel(string id, string description)
{
    private long _next = 1;

    public string Id { get; set; } = id;

    public string Description { get; set; } = description;

    public SortedDictionary<long, string> Versions { get; } = [];

    public Dictionary<string, long> Aliases { get; } = [];

    public void Add(string text) => Versions.Add(_next++, text);

    public void Remove(long number)
    {
        Versions.Remove(number);
        foreach (var alias in Aliases.Where(alias => alias.Value == number).Select(static alias => alias.Key).ToList())
        {
            Aliases.Remove(alias);
        }
    }
}
