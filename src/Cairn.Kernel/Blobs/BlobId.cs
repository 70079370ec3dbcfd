using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Blobs;

/// <summary>The form of blob ids: 32 lower-case hexadecimal digits. Nothing else becomes part of a path or of an S3 key.</summary>
public static class BlobId
{
    public const int Length = 32;

    public static bool IsValid(ReadOnlySpan<char> id) => id.Length == Length && !id.ContainsAnyExcept("0123456789abcdef");

    /// <exception cref="StatusException">NOT_FOUND where the text is no blob id.</exception>
    public static string Require(string id) => IsValid(id) ? id : throw Missing(id);

    public static StatusException Missing(string id) => StatusException.NotFound($"There is no blob '{id}'.");
}
