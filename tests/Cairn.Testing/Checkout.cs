namespace Cairn.Testing;

/// <summary>The folder that the tests were built in: the project's root.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cairn.slnx")))
        {
            folder =
                folder.Parent
                ?? throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' has the solution in it.");
        }

        return folder.FullName;
    }
}
