namespace Cairn.Cli.Provenance;

/// <summary>The state of the git work tree that a folder lies in.</summary>
/// <param name="Commit">What is checked out; null before the first commit.</param>
/// <param name="Branch">Null where none is checked out.</param>
/// <param name="Repository">The address of the remote <c>origin</c> without a password; null where there is none.</param>
/// <param name="Diff">What differs from the commit, as a patch; empty for nothing, null where it is longer than is kept.</param>
/// <param name="Untracked">Files that git does not know and is not told to ignore, from the work tree's root; at most so many as are
/// kept.</param>
internal sealed record SourceState(string? Commit, string? Branch, string? Repository, byte[]? Diff, IReadOnlyList<string> Untracked)
{
    /// <summary>The longest patch that is kept, in bytes. Part of a patch would be of no use.</summary>
    public const int MaxDiff = 2 << 20;

    private const int MaxAnswer = 8 << 10;
    private const int MaxUntracked = 1_000;
    private const int MaxUntrackedBytes = 1 << 20;

    public bool IsDirty => Diff is null or { Length: > 0 } || Untracked.Count > 0;

    /// <summary>Looks at a folder; null where it is in no work tree, or git is not installed.</summary>
    public static async Task<SourceState?> OfAsync(string folder, CancellationToken cancellation)
    {
        if (
            await new Git(folder).AskAsync(MaxAnswer, cancellation, "rev-parse", "--show-toplevel") is not { Length: > 0 } root
            || !Directory.Exists(root)
        )
        {
            return null;
        }

        var git = new Git(root);
        var commit = await git.AskAsync(MaxAnswer, cancellation, "rev-parse", "--verify", "--quiet", "HEAD");
        var (diff, whole) = commit is null
            ? ([], true)
            : await git.ReadAsync(
                MaxDiff,
                cancellation,
                "diff",
                "--binary",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                "--no-relative",
                "--src-prefix=a/",
                "--dst-prefix=b/",
                "HEAD",
                "--"
            );
        var (untracked, all) = await git.ReadAsync(MaxUntrackedBytes, cancellation, "ls-files", "--others", "--exclude-standard", "-z");
        var names = System.Text.Encoding.UTF8.GetString(untracked ?? []).Split('\0');
        return new SourceState(
            commit,
            await git.AskAsync(MaxAnswer, cancellation, "symbolic-ref", "--short", "--quiet", "HEAD"),
            Public(await git.AskAsync(MaxAnswer, cancellation, "remote", "get-url", "origin")),
            whole ? diff ?? [] : null,
            [.. names.Take(all ? names.Length : names.Length - 1).Where(static name => name.Length > 0).Take(MaxUntracked)]
        );
    }

    /// <summary>An address that anyone may see: passwords and tokens in it are for whoever cloned.</summary>
    internal static string? Public(string? address)
    {
        if (address is null || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.UserInfo.Length == 0 || uri.IsFile)
        {
            return address;
        }

        var secretless = uri.Scheme == "ssh" ? uri.UserInfo.Split(':')[0] + "@" : "";
        return $"{uri.Scheme}://{secretless}{uri.Authority}{uri.PathAndQuery}";
    }
}
