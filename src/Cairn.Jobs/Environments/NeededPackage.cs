namespace Cairn.Jobs.Environments;

/// <summary>A requirement that an interpreter does not meet.</summary>
/// <param name="Name">The project's normalised name.</param>
/// <param name="Requirement">As pip takes it, in a normal form and without its marker.</param>
/// <param name="Installed">The version that is there and does not do, or null.</param>
internal sealed record NeededPackage(string Name, string Requirement, string? Installed)
{
    public override string ToString() => Installed is null ? Requirement : $"{Requirement} ({Installed} is installed)";
}
