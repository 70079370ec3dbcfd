using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>Where a listing goes on: after a generation of a name, in the order of (name, generation).</summary>
/// <param name="Name">The first name to look at.</param>
/// <param name="After">Only generations above this one count for that name; -1 for all.</param>
public readonly record struct ListPosition(string Name, long After)
{
    private const int TagBytes = 8;

    /// <summary>An opaque token that holds for this query only.</summary>
    public string ToToken(ObjectListQuery query)
    {
        var name = Encoding.UTF8.GetBytes(Name);
        var bytes = new byte[TagBytes + sizeof(long) + name.Length];
        Tag(query, bytes.AsSpan(0, TagBytes));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(TagBytes), After);
        name.CopyTo(bytes, TagBytes + sizeof(long));
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the token is none, or is another query's.</exception>
    public static ListPosition FromToken(ObjectListQuery query)
    {
        Span<byte> expected = stackalloc byte[TagBytes];
        Tag(query, expected);
        if (query.PageToken.Length <= 4 * ObjectName.MaxBytes && Base64Url.IsValid(query.PageToken))
        {
            var bytes = Base64Url.DecodeFromChars(query.PageToken);
            if (bytes.Length >= TagBytes + sizeof(long) && bytes.AsSpan(0, TagBytes).SequenceEqual(expected))
            {
                var after = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(TagBytes));
                return new ListPosition(Encoding.UTF8.GetString(bytes.AsSpan(TagBytes + sizeof(long))), after);
            }
        }

        throw StatusException.InvalidArgument(
            "Invalid Value: `pageToken` is not one that this listing gave. Begin again without it, and keep the other parameters while paging."
        );
    }

    private static void Tag(ObjectListQuery query, Span<byte> tag)
    {
        var text = string.Join(
            '\0',
            query.Bucket,
            query.Prefix,
            query.Delimiter,
            query.IncludeTrailingDelimiter,
            query.StartOffset,
            query.EndOffset,
            query.MatchGlob,
            query.Versions,
            query.SoftDeleted
        );
        SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, tag.Length).CopyTo(tag);
    }
}
