using System.Net;
using Cairn.Kernel.Security;
using Cairn.Security;
using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>A service was added, and no role but the administrator's had its permissions.</summary>
public sealed class RoleTests
{
    private static readonly string[] Reading = ["get", "list", "predict"];

    [Fact]
    public async Task every_permission_that_a_route_declares_is_held_by_the_roles_that_should_have_it()
    {
        var permissions = RoleTable.Declared(await CairnServer.ListMethodsAsync());
        permissions.Count.ShouldBeGreaterThan(100);
        foreach (var permission in permissions)
        {
            var (own, reads) = (permission.StartsWith("cairn.", StringComparison.Ordinal), Reading.Contains(permission.Split('.')[^1]));
            Holds(Role.Admin, permission, true);
            Holds(Role.Editor, permission, !own);
            Holds(Role.Task, permission, !own);
            Holds(Role.Viewer, permission, !own && reads);
            Holds(Role.Monitor, permission, permission == "cairn.metrics.get");
        }
    }

    [Fact]
    public async Task the_documentation_has_the_table_that_the_roles_are()
    {
        var table = RoleTable.Markdown(await CairnServer.ListMethodsAsync());
        (await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "security.md")))
            .Contains(table, StringComparison.Ordinal)
            .ShouldBeTrue($"docs/security.md must have this table:\n\n{table}");
    }

    [Fact]
    public async Task a_token_for_a_project_that_cannot_be_is_refused()
    {
        using var scratch = new ScratchDirectory();
        await using var server = await CairnServer.StartAsync(RunningServer.Options(scratch["data"]));
        using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
        foreach (var project in (string[])["", " ", ".", "..", "../x", "a/b", "a b", "a\nb", "*", "-", new string('a', 200)])
        {
            var (status, answer) = await client.TrySendAsync(HttpMethod.Post, "/cairn/v1/tokens", new { name = "n", project });
            status.ShouldBe(HttpStatusCode.BadRequest, $"'{project}' {answer}");
            ((string)answer["error"]!["message"]!).ShouldContain("project");
        }

        using var admin = new RestClient(server.HttpUrl.ToString().TrimEnd('/'), await RunningServer.AdministratorAsync(scratch["data"]));
        foreach (var project in (string[])["p", "my-project_1", "example.com:demo", "123"])
        {
            await admin.PostAsync("/cairn/v1/tokens", new { name = "n", project });
        }
    }

    private static void Holds(Role role, string permission, bool expected) =>
        new Principal(role.Name, role.Permissions).May(permission).ShouldBe(expected, $"{role.Name} {permission}");
}
