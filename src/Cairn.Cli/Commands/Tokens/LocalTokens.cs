using System.Text.Json.Nodes;
using Cairn.Cli.Shell;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;
using Cairn.Security;

namespace Cairn.Cli.Commands.Tokens;

/// <summary>
/// Makes tokens directly in a server's store, for the first one: whoever may write there needs no token. It works beside a running server.
/// </summary>
internal static class LocalTokens
{
    /// <param name="data">The server's folder.</param>
    /// <param name="store">The address of its PostgreSQL store, or null for SQLite in the folder.</param>
    /// <returns>What the API answers: the token and its secret.</returns>
    public static async Task<JsonNode> CreateAsync(
        string data,
        string? store,
        string name,
        string? role,
        string? project,
        TimeSpan? lifetime,
        CancellationToken cancellation
    )
    {
        if (store is null && !Directory.Exists(data))
        {
            throw new CliException($"There is no folder '{data}'; start the server once, or name its folder with --data.");
        }

        try
        {
            await using IDatabase database = store is null
                ? new SqliteDatabase(Path.Combine(data, "cairn.db"))
                : new PostgresDatabase(store);
            await Migrations.ApplyAsync(database, [TokenStore.Migrations], cancellation);
            var tokens = new TokenStore(database, TimeProvider.System, new RandomIdSource());
            var (token, secret) = await tokens.CreateAsync(
                "user:" + name,
                Role.Find(role ?? Role.Editor.Name),
                project,
                lifetime,
                cancellation
            );
            return new JsonObject
            {
                ["id"] = token.Id,
                ["subject"] = token.Subject,
                ["role"] = token.Role,
                ["project"] = token.Project,
                ["createTime"] = token.Created,
                ["expireTime"] = token.Expires,
                ["token"] = secret,
            };
        }
        catch (StatusException e)
        {
            throw new CliException(e.Message);
        }
        catch (System.Data.Common.DbException e)
        {
            throw new CliException($"The store cannot be written: {e.Message}");
        }
    }
}
