using System.Security.Cryptography;
using System.Text;

namespace Cairn.Models.Artifacts;

/// <summary>
/// The files of a registered version as they were when it was registered: what is served later is exactly this, or is refused.
/// </summary>
/// <param name="Uri">Where they came from.</param>
/// <param name="Files">In byte order of their paths.</param>
public sealed record ArtifactManifest(string Uri, IReadOnlyList<ArtifactFile> Files)
{
    /// <summary>
    /// SHA-256 over every path and content, in lower-case hexadecimal: the identity of the content, wherever it came from.
    /// </summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Sha256}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public bool Has(string path) => Files.Any(f => f.Path == path);
}
