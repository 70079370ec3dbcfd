namespace Cairn.Jobs.Agent;

/// <summary>Text files compiled into this assembly.</summary>
internal static class EmbeddedText
{
    public static async Task<string> ReadAsync(string name, CancellationToken cancellation)
    {
        using var reader = new StreamReader(Open(name));
        return await reader.ReadToEndAsync(cancellation);
    }

    public static Stream Open(string name) =>
        typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
        ?? throw new FileNotFoundException("The assembly has no such resource.", name);
}
