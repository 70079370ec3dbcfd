namespace Cairn.Jobs.Environments;

/// <summary>Where Python environments are kept, and where what they hold comes from.</summary>
/// <param name="Folder">The folder of all environments, absolute. Also what tasks read in it is shared, never written by them.</param>
/// <param name="Index">The address of a package index, <see cref="PyPi"/>, or null for none.</param>
/// <param name="FindLinks">A folder of wheels on this machine, a <c>gs://</c> folder of them, or null.</param>
public sealed record EnvironmentSettings(string Folder, string? Index, string? FindLinks)
{
    /// <summary>The Python Package Index, which pip goes to where it is told nothing else.</summary>
    public const string PyPi = "pypi";
}
