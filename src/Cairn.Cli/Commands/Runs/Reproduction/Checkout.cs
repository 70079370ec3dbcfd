using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>A commit in a folder of its own, which is removed at the end.</summary>
internal sealed class Checkout : IAsyncDisposable
{
    private readonly string _scratch;
    private readonly GitProgram? _worktreeOf;

    private Checkout(string scratch, GitProgram? worktreeOf)
    {
        _scratch = scratch;
        _worktreeOf = worktreeOf;
    }

    public string Folder => Path.Combine(_scratch, "source");

    public bool Keep { get; set; }

    /// <param name="repository">A clone that must have the commit; null for the one that this program was called in.</param>
    /// <param name="address">What is cloned where that is none, or has not the commit.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="status">Where a person is told.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CliException">The commit is nowhere.</exception>
    public static async Task<Checkout> MakeAsync(
        string? repository,
        string? address,
        string commit,
        TextWriter status,
        CancellationToken cancellation
    )
    {
        if (commit.Length is < 7 or > 64 || !commit.All(char.IsAsciiHexDigit))
        {
            throw new CliException($"The run's git commit is '{commit}', which is no commit's id.");
        }

        var clone = new GitProgram(repository ?? Directory.GetCurrentDirectory());
        var scratch = Directory.CreateTempSubdirectory("cairn-reproduce-").FullName;
        try
        {
            if (await clone.HasCommitAsync(commit, cancellation))
            {
                var made = new Checkout(scratch, clone);
                await clone.RunAsync(cancellation, "worktree", "add", "--quiet", "--detach", made.Folder, commit);
                return made;
            }

            if (repository is not null || address is null)
            {
                throw new CliException($"'{clone.Folder}' has no commit {commit}; name a clone that has it with --repository.");
            }

            status.WriteLine($"Cloning {address}.");
            var fresh = new Checkout(scratch, null);
            await new GitProgram(scratch).RunAsync(cancellation, "clone", "--quiet", "--no-checkout", "--", address, fresh.Folder);
            await new GitProgram(fresh.Folder).RunAsync(cancellation, "checkout", "--quiet", "--detach", commit);
            return fresh;
        }
        catch
        {
            Directory.Delete(scratch, recursive: true);
            throw;
        }
    }

    /// <summary>Makes the changes that had not been committed.</summary>
    public async Task ApplyAsync(string diff, CancellationToken cancellation)
    {
        var file = Path.Combine(_scratch, "uncommitted.diff");
        await File.WriteAllTextAsync(file, diff.EndsWith('\n') ? diff : diff + "\n", cancellation);
        await new GitProgram(Folder).RunAsync(cancellation, "apply", "--whitespace=nowarn", file);
    }

    /// <summary>The program's path in the checkout: the run recorded it on another machine, from another folder.</summary>
    /// <exception cref="CliException">The commit has no such file, or several.</exception>
    public async Task<string> FindAsync(string program, CancellationToken cancellation)
    {
        var files = (await new GitProgram(Folder).RunAsync(cancellation, "ls-files", "-z", "--cached", "--others")).Split(
            '\0',
            StringSplitOptions.RemoveEmptyEntries
        );
        var parts = program
            .Replace('\\', '/')
            .Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(static part => part is not ("." or ".."))
            .ToArray();
        // The longest end of the recorded path that a file of the commit has.
        for (var skip = 0; skip < parts.Length; skip++)
        {
            var end = string.Join('/', parts[skip..]);
            if (files.Contains(end))
            {
                return end;
            }
        }

        var named = parts.Length == 0 ? [] : files.Where(file => file.EndsWith("/" + parts[^1], StringComparison.Ordinal)).ToList();
        return named switch
        {
            [var one] => one,
            [] => throw new CliException($"The commit has no file '{program}'."),
            _ => throw new CliException(
                $"The commit has several files '{parts[^1]}': {string.Join(", ", named.Take(10))}. The run says only '{program}'."
            ),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (Keep)
        {
            return;
        }

        try
        {
            if (_worktreeOf is not null)
            {
                await _worktreeOf.RunAsync(CancellationToken.None, "worktree", "remove", "--force", Folder);
            }

            Directory.Delete(_scratch, recursive: true);
        }
        catch (Exception e) when (e is CliException or IOException or UnauthorizedAccessException)
        {
            // It lies among the temporary files.
        }
    }
}
