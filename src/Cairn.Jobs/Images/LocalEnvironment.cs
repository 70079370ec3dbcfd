namespace Cairn.Jobs.Images;

/// <summary>What stands for an image on this machine: an interpreter with certain modules, or another image.</summary>
public sealed record LocalEnvironment
{
    /// <summary>The image name, in which <c>*</c> stands for any characters. Without a tag it matches every tag.</summary>
    public string Match { get; init; } = "";

    /// <summary>A Python interpreter's absolute path; the server's own default where neither this nor <see cref="Image"/> is given.</summary>
    public string? Interpreter { get; init; }

    /// <summary>Modules that the interpreter must be able to import to stand for the image.</summary>
    public List<string> Modules { get; init; } = [];

    /// <summary>More folders that a task in this environment may read, such as the one of a virtual environment.</summary>
    public List<string> Paths { get; init; } = [];

    /// <summary>An image that is used instead.</summary>
    public string? Image { get; init; }
}
