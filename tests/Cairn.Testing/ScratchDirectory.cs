namespace Cairn.Testing;

/// <summary>A folder that goes with the test.</summary>
public sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cairn-test-").FullName;

    /// <summary>A path inside the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
        catch (IOException)
        {
            // A process that is just ending may still write into it; the system's cleaner of temporary files takes the rest.
        }
    }
}
