namespace Cairn.Jobs.Images;

/// <summary>The language of an environment's programs.</summary>
public enum ImageLanguage
{
    Python,
    R,
    Dotnet,
}
