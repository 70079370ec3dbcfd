using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Http;

namespace Cairn.Security;

/// <summary>Administration of tokens: <c>POST</c>, <c>GET /cairn/v1/tokens</c>, <c>DELETE /cairn/v1/tokens/{id}</c>.</summary>
public sealed class TokensDoor(TokenStore store, TokenCache cache) : IDoor
{
    private const string Collection = "/cairn/v1/tokens";

    private const double MaxTtl = 3650 * 86_400.0;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Map(IRoutes routes)
    {
        routes.Add("POST", Collection, "cairn.tokens.create", CreateAsync);
        routes.Add("GET", Collection, "cairn.tokens.list", ListAsync);
        routes.Add("DELETE", Collection + "/{id}", "cairn.tokens.delete", DeleteAsync);
    }

    private async Task CreateAsync(HttpContext context, RouteValues values)
    {
        var request = await ReadAsync(context);
        RequireAdministrator(context);
        var lifetime = request.TtlSeconds switch
        {
            null => (TimeSpan?)null,
            > 0 and <= MaxTtl and var seconds => TimeSpan.FromSeconds(seconds),
            var other => throw StatusException.InvalidArgument(
                $"`ttlSeconds` is {other}; it must be above 0 and at most {MaxTtl}, which is ten years."
            ),
        };
        var (subject, role) = ("user:" + request.Name, Role.Find(request.Role ?? Role.Editor.Name));
        TokenStore.Check(subject, role, request.Project, lifetime);
        RequireName(context);
        var (token, secret) = await store.CreateAsync(subject, role, request.Project, lifetime, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new Reply(token) { Token = secret }, Json, context.RequestAborted);
    }

    private async Task ListAsync(HttpContext context, RouteValues values)
    {
        RequireAdministrator(context);
        var tokens = await store.ListAsync(context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new { tokens = tokens.Select(static token => new Reply(token)) },
            Json,
            context.RequestAborted
        );
    }

    private async Task DeleteAsync(HttpContext context, RouteValues values)
    {
        RequireAdministrator(context);
        if (!await store.RevokeAsync(values["id"], context.RequestAborted))
        {
            throw StatusException.NotFound($"There is no token '{values["id"]}'. 'cairn tokens list' shows those that there are.");
        }

        cache.Clear();
        await context.Response.WriteAsJsonAsync(new { }, context.RequestAborted);
    }

    /// <summary>An identity that is bound to a project has no say over the server's tokens, whatever its role.</summary>
    private static void RequireAdministrator(HttpContext context)
    {
        if (context.Caller() is { Project: not null } caller)
        {
            throw StatusException.PermissionDenied($"'{caller.Name}' is limited to project '{caller.Project}' and may not manage tokens.");
        }
    }

    /// <summary>A token outlives the rule that made its maker anonymous, so that it is made by somebody, or by who has the store.</summary>
    private static void RequireName(HttpContext context)
    {
        if (context.Caller() == Principal.Anonymous)
        {
            throw StatusException.PermissionDenied(
                "Without a token, none can be made over HTTP. On the server's machine, 'cairn tokens create NAME --data DIR' makes one directly in its store."
            );
        }
    }

    private static async Task<Request> ReadAsync(HttpContext context)
    {
        try
        {
            return
                await JsonSerializer.DeserializeAsync<Request>(context.Request.Body, Json, context.RequestAborted)
                    is { Name.Length: > 0 } request
                ? request
                : throw StatusException.InvalidArgument("`name` is required: who the token is for.");
        }
        catch (JsonException error)
        {
            throw StatusException.InvalidArgument($"The body is not the JSON of a token request: {error.Message}");
        }
    }

    /// <param name="Name">Who the token is for.</param>
    /// <param name="Role">A role's name; editor where it is left out.</param>
    /// <param name="Project">The only project it may touch.</param>
    /// <param name="TtlSeconds">How long it works; for ever where it is left out.</param>
    private sealed record Request(string Name, string? Role, string? Project, double? TtlSeconds);

    private sealed record Reply
    {
        public Reply(Token token)
        {
            (Id, Subject, Role, Project, CreateTime, ExpireTime) = token;
        }

        public string Id { get; }

        public string Subject { get; }

        public string Role { get; }

        public string? Project { get; }

        public DateTimeOffset CreateTime { get; }

        public DateTimeOffset? ExpireTime { get; }

        /// <summary>The secret: in the answer to its creation only.</summary>
        public string? Token { get; init; }
    }
}
