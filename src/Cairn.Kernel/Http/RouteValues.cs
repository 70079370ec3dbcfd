namespace Cairn.Kernel.Http;

/// <summary>The decoded variables of a matched template.</summary>
public sealed class RouteValues(IReadOnlyList<KeyValuePair<string, string>> values)
{
    public string this[string name] => Find(name) ?? throw new KeyNotFoundException($"The route has no variable '{name}'.");

    public string? Find(string name)
    {
        foreach (var (key, value) in values)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    public IReadOnlyList<KeyValuePair<string, string>> All => values;
}
