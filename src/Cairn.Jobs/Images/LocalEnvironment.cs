namespace Cairn.Jobs.Images;

/// <summary>What stands for an image on this machine: an interpreter with certain modules or packages, or another image.</summary>
public sealed record LocalEnvironment
{
    /// <summary>The image name, in which <c>*</c> stands for any characters. Without a tag it matches every tag.</summary>
    public string Match { get; init; } = "";

    /// <summary>What it runs: <c>python</c>, <c>r</c> or <c>dotnet</c>.</summary>
    public ImageLanguage Language { get; init; }

    /// <summary>
    /// The absolute path of the language's program, <c>python3</c>, <c>Rscript</c> or <c>dotnet</c>; where neither this nor
    /// <see cref="Image"/> is given, the server's own Python, or the program of that name in the system's folders.
    /// </summary>
    public string? Interpreter { get; init; }

    /// <summary>Modules of Python, or packages of R, that the interpreter must be able to load to stand for the image.</summary>
    public List<string> Modules { get; init; } = [];

    /// <summary>More folders that a task in this environment may read, such as the one of a virtual environment.</summary>
    public List<string> Paths { get; init; } = [];

    /// <summary>Variables of a task's environment, where the job does not set them itself.</summary>
    public Dictionary<string, string> Variables { get; init; } = [];

    /// <summary>How one gets what is missing, as a sentence says it after "To get it: ".</summary>
    public string? Install { get; init; }

    /// <summary>An image that is used instead.</summary>
    public string? Image { get; init; }
}
