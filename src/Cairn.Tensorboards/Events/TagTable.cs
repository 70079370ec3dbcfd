using System.Runtime.CompilerServices;
using System.Text;

namespace Cairn.Tensorboards.Events;

/// <summary>
/// The tags of one run, found by their bytes without making a string for each event. Kept for as long as the run is followed.
/// </summary>
public sealed class TagTable(EventLimits limits)
{
    private readonly Dictionary<int, Tag> _byHash = [];
    private readonly List<Tag> _all = [];
    private Tag? _last;

    public IReadOnlyList<Tag> All => _all;

    /// <summary>Tells what a tag is that a file will not describe again, because it is read from its middle on.</summary>
    public void Remember(string tag, string plugin, byte[] pluginData, DataClass dataClass) =>
        Search(Encoding.UTF8.GetBytes(tag))?.Describe(new SummaryMetadata(plugin, pluginData, "", "", dataClass));

    /// <summary>
    /// The tag with these bytes, made where it is new; null where the run has as many tags as it may have, or the tag is too long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Tag? Get(ReadOnlySpan<byte> utf8)
    {
        if (_last?.Follower is { } expected && utf8.SequenceEqual(expected.Utf8))
        {
            _last = expected;
            return expected;
        }

        return Search(utf8);
    }

    private Tag? Search(ReadOnlySpan<byte> utf8)
    {
        // Seeded anew in each process, so that nobody can prepare tags that collide.
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        var key = hash.ToHashCode();
        var found = _byHash.GetValueOrDefault(key);
        while (found is not null && !utf8.SequenceEqual(found.Utf8))
        {
            found = found.Collision;
        }

        if (found is null)
        {
            if (_all.Count >= limits.MaxTags || utf8.Length > limits.MaxTagBytes)
            {
                return null;
            }

            found = new Tag(_all.Count, Encoding.UTF8.GetString(utf8), utf8.ToArray()) { Collision = _byHash.GetValueOrDefault(key) };
            _byHash[key] = found;
            _all.Add(found);
        }

        if (_last is not null)
        {
            _last.Follower = found;
        }

        _last = found;
        return found;
    }
}
