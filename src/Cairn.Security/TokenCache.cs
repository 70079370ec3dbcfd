using System.Collections.Concurrent;

namespace Cairn.Security;

/// <summary>
/// Recently seen tokens, so that a request does not cost a read. A revocation on this server takes effect at once; one on another server,
/// within the time an entry is kept.
/// </summary>
public sealed class TokenCache(TokenStore store, TimeProvider time)
{
    /// <summary>How long an answer is believed.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromSeconds(5);

    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, (Token Token, DateTimeOffset Until)> _entries = new();

    public async ValueTask<Token?> FindAsync(string secret, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (_entries.TryGetValue(secret, out var entry) && entry.Until > now && !(entry.Token.Expires <= now))
        {
            return entry.Token;
        }

        var token = await store.FindAsync(secret, cancellation);
        if (token is null)
        {
            _entries.TryRemove(secret, out _);
            return null;
        }

        if (_entries.Count >= MaxEntries)
        {
            _entries.Clear();
        }

        _entries[secret] = (token, now + Keep);
        return token;
    }

    /// <summary>Forgets everything: called after a revocation.</summary>
    public void Clear() => _entries.Clear();
}
