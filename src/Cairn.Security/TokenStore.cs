using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;

namespace Cairn.Security;

/// <summary>
/// Tokens by the SHA-256 of their secret. A secret has 256 random bits, so a plain hash is enough: there is nothing to guess.
/// </summary>
public sealed class TokenStore(IDatabase database, TimeProvider time, IIdSource ids)
{
    private const int MaxProject = 128;
    private const string Prefix = "cairn_";
    private const string Columns = "id, subject, role, project, created, expires";

    public static MigrationSet Migrations { get; } =
        new(
            "security",
            [
                """
                CREATE TABLE tokens (
                    id {text} NOT NULL PRIMARY KEY,
                    hash {blob} NOT NULL UNIQUE,
                    subject {text} NOT NULL,
                    role {text} NOT NULL,
                    project {text},
                    created BIGINT NOT NULL,
                    expires BIGINT
                );
                CREATE INDEX tokens_by_subject ON tokens (subject);
                """,
            ]
        );

    /// <summary>Makes a token; its secret is returned this once and kept nowhere.</summary>
    public async Task<(Token Token, string Secret)> CreateAsync(
        string subject,
        Role role,
        string? project,
        TimeSpan? lifetime,
        CancellationToken cancellation = default
    )
    {
        Check(subject, role, project, lifetime);
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = Timestamps.FromMicros(Timestamps.ToMicros(time.GetUtcNow()));
        var token = new Token(ids.NextHex()[..12], subject, role.Name, project, now, now + lifetime);
        await database.WriteAsync(
            session =>
                session.Execute(
                    $"INSERT INTO tokens ({Columns}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    token.Id,
                    token.Subject,
                    token.Role,
                    token.Project,
                    Timestamps.ToMicros(token.Created),
                    token.Expires is { } expires ? Timestamps.ToMicros(expires) : null,
                    Hash(secret)
                ),
            cancellation
        );
        return (token, secret);
    }

    /// <summary>Whether a token can be such a one.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT that says what is wrong.</exception>
    public static void Check(string subject, Role role, string? project, TimeSpan? lifetime)
    {
        if (Characters.Count(subject) is 0 or > 256 || subject.Any(char.IsControl))
        {
            throw StatusException.InvalidArgument("A token's name has 1 to 256 printable characters.");
        }

        // A task's token is for the project that its job was accepted in.
        if (project is not null && role != Role.Task)
        {
            RequireProject(project);
        }

        if (lifetime is { } span && (span <= TimeSpan.Zero || span > TimeSpan.FromDays(3650)))
        {
            throw StatusException.InvalidArgument("A token's lifetime is between a second and ten years.");
        }
    }

    /// <summary>The token of a secret, or null where there is none or it has expired.</summary>
    public async Task<Token?> FindAsync(string secret, CancellationToken cancellation = default)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || secret.Length > 128)
        {
            return null;
        }

        var token = await database.ReadAsync(
            session => session.QueryFirst($"SELECT {Columns} FROM tokens WHERE hash = $1", Read, Hash(secret)),
            cancellation
        );
        return token is null || token.Expires <= time.GetUtcNow() ? null : token;
    }

    /// <summary>People's tokens, oldest first; those of tasks come and go with them and are not listed.</summary>
    public Task<List<Token>> ListAsync(CancellationToken cancellation = default) =>
        database.ReadAsync(
            session => session.Query($"SELECT {Columns} FROM tokens WHERE role <> $1 ORDER BY created, id", Read, Role.Task.Name),
            cancellation
        );

    public Task<bool> RevokeAsync(string id, CancellationToken cancellation = default) =>
        database.WriteAsync(session => session.Execute("DELETE FROM tokens WHERE id = $1", id) > 0, cancellation);

    public Task RevokeSubjectAsync(string subject, CancellationToken cancellation = default) =>
        database.WriteAsync(session => session.Execute("DELETE FROM tokens WHERE subject = $1", subject), cancellation);

    /// <summary>
    /// A project that no resource can lie in would make a token that opens nothing, or, worse, one that a path of another form is compared
    /// with.
    /// </summary>
    private static void RequireProject(string project)
    {
        if (
            project.Length is 0 or > MaxProject
            || !project.Any(char.IsAsciiLetterOrDigit)
            || !project.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')
        )
        {
            throw StatusException.InvalidArgument(
                $"The project is '{Characters.Cut(project, MaxProject)}'; it must be a project's name: 1 to {MaxProject} letters, digits, '-', '_', '.' and ':'. Leave it out for a token that may touch all."
            );
        }
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static Token Read(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            Timestamps.FromMicros(row.GetInt64(4)),
            row.IsDBNull(5) ? null : Timestamps.FromMicros(row.GetInt64(5))
        );
}
