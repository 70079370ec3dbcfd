namespace Cairn.Bench;

/// <summary>The program as <c>make build</c> leaves it.</summary>
internal static class CairnProgram
{
    /// <exception cref="InvalidOperationException">It is not there.</exception>
    public static string Path
    {
        get
        {
            var program = System.IO.Path.GetFullPath(System.IO.Path.Combine("bin", "cairn"));
            return File.Exists(program) ? program : throw new InvalidOperationException("bin/cairn is missing: run 'make build' first.");
        }
    }
}
