using System.Security.Cryptography;
using System.Text;
using Cairn.Data.SoftDelete;
using Cairn.Data.Views;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;

namespace Cairn.Data.Buckets;

/// <summary>
/// The buckets that the server makes for a project by itself. Bucket names are global, so a name that follows from the project's may be
/// another project's already: a row says which bucket is meant, by its name and the moment it was made, and is written in the transaction
/// that makes or takes the bucket. A bucket of that name that somebody else made never becomes it.
/// </summary>
public sealed class ProjectBuckets(IDatabase database, BucketView view, IIdSource ids, TimeProvider time)
{
    /// <summary>Stands for a bucket that is not made yet. No bucket can have this name, so that nothing is ever found in it.</summary>
    public const string None = "_";

    private const int MaxName = 63;
    private const int Digest = 8;

    public static MigrationSet Migrations { get; } =
        new(
            "data-project-buckets",
            [
                """
                CREATE TABLE data_project_buckets (
                    project {text} NOT NULL,
                    purpose {text} NOT NULL,
                    bucket {text} NOT NULL,
                    created BIGINT NOT NULL,
                    PRIMARY KEY (project, purpose)
                )
                """,
            ]
        );

    /// <summary>A project's bucket for a purpose, such as <c>mlflow-artifacts</c>; <see cref="None"/> where there is none yet.</summary>
    public Task<string> FindAsync(string project, string purpose, CancellationToken cancellation = default) =>
        database.ReadAsync(session => Find(session, project, purpose) ?? None, cancellation);

    /// <summary>
    /// A project's bucket for a purpose, which is made where there is none: <c>PROJECT-PURPOSE</c> where that name can be had.
    /// </summary>
    public async Task<string> EnsureAsync(string project, string purpose, CancellationToken cancellation = default)
    {
        if (await database.ReadAsync(session => Noted(session, project, purpose), cancellation) is { } noted)
        {
            return noted;
        }

        var (bucket, made) = await database.WriteAsync(session => Ensure(session, project, purpose), cancellation);
        if (made)
        {
            await view.RefreshBucketAsync(bucket, CancellationToken.None);
        }

        return bucket;
    }

    /// <summary>Of a store that has no row yet, the bucket of such a name that the project owns.</summary>
    private static string? Find(ISqlSession session, string project, string purpose) =>
        Noted(session, project, purpose)
        ?? Names(project, purpose).FirstOrDefault(name => BucketTable.Find(session, name)?.Project == project);

    /// <summary>The row's bucket, if it is still the same one.</summary>
    private static string? Noted(ISqlSession session, string project, string purpose) =>
        session.QueryFirst(
            """
            SELECT b.name FROM data_project_buckets p JOIN data_buckets b ON b.name = p.bucket AND b.project = p.project AND b.created = p.created
            WHERE p.project = $1 AND p.purpose = $2
            """,
            static row => row.GetString(0),
            project,
            purpose
        );

    private (string Bucket, bool Made) Ensure(ISqlSession session, string project, string purpose)
    {
        if (Find(session, project, purpose) is { } known)
        {
            Note(session, purpose, BucketTable.Find(session, known)!);
            return (known, false);
        }

        // An own name at random comes last: it cannot have been guessed.
        foreach (var name in Names(project, purpose).Append(Name(Plain(project, purpose, Digest), ids.NextHex()[..Digest], purpose)))
        {
            if (BucketTable.Find(session, name) is null)
            {
                // Soft-deleted objects belong to a bucket by its name and its creation.
                var now = Math.Max(time.NowMicros(), DeletedBucketTable.LastCreated(session, name) + 1);
                var bucket = new Bucket
                {
                    Name = name,
                    Project = project,
                    Created = now,
                    Updated = now,
                };
                BucketTable.Insert(session, bucket);
                Note(session, purpose, bucket);
                return (name, true);
            }
        }

        throw StatusException.Aborted($"The names for the bucket '{purpose}' of the project '{project}' are taken; try again.");
    }

    private static void Note(ISqlSession session, string purpose, Bucket bucket) =>
        session.Execute(
            """
            INSERT INTO data_project_buckets (project, purpose, bucket, created) VALUES ($1, $2, $3, $4)
            ON CONFLICT (project, purpose) DO UPDATE SET bucket = excluded.bucket, created = excluded.created
            """,
            bucket.Project,
            purpose,
            bucket.Name,
            bucket.Created
        );

    /// <summary>The names that follow from the project's: its own where bucket names allow it, and one with a digest.</summary>
    private static IEnumerable<string> Names(string project, string purpose)
    {
        var plain = Plain(project, purpose, Digest);
        if (plain == project)
        {
            yield return $"{plain}-{purpose}";
        }

        yield return Name(plain, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..Digest], purpose);
    }

    private static string Name(string plain, string digest, string purpose) => $"{plain}-{digest}-{purpose}";

    /// <summary>
    /// Lower-case letters, digits and hyphens of the project's name, so short that a digest and the purpose find room beside it.
    /// </summary>
    private static string Plain(string project, string purpose, int digest)
    {
        var text = string.Join(
            '-',
            new string([.. project.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]).Split(
                '-',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        text = text[..Math.Min(text.Length, MaxName - purpose.Length - digest - 2)].Trim('-');
        return text.Length == 0 || text.StartsWith("goog", StringComparison.Ordinal) || text.Contains("google", StringComparison.Ordinal)
            ? "project"
            : text;
    }
}
