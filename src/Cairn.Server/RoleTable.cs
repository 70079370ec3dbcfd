using System.Text;
using Cairn.Kernel.Http;
using Cairn.Kernel.Security;
using Cairn.Security;

namespace Cairn.Server;

/// <summary>What each role may, by service: the table of <c>docs/security.md</c>, made of the permissions that routes declare.</summary>
public static class RoleTable
{
    private static readonly Role[] Roles = [Role.Admin, Role.Editor, Role.Task, Role.Viewer, Role.Monitor];

    /// <summary>A table in Markdown: a row for each service, which is the first part of a permission.</summary>
    public static string Markdown(IEnumerable<MethodCoverage> methods)
    {
        var text = new StringBuilder(
            $"| permissions | {string.Join(" | ", Roles.Select(static role => $"`{role.Name}`"))} |\n|{string.Concat(Enumerable.Repeat("---|", Roles.Length + 1))}\n"
        );
        foreach (
            var service in Declared(methods)
                .GroupBy(static permission => permission.Split('.')[0])
                .OrderBy(static service => service.Key, StringComparer.Ordinal)
        )
        {
            text.Append($"| `{service.Key}.*` | {string.Join(" | ", Roles.Select(role => Of(role, [.. service])))} |\n");
        }

        return text.ToString();
    }

    /// <summary>The permissions that a caller has to have for something that this server answers.</summary>
    public static IReadOnlyList<string> Declared(IEnumerable<MethodCoverage> methods) =>
        [
            .. methods
                .Where(static method => method.Handled && method.Permission is not (IRoutes.Public or IRoutes.AnyCaller))
                .Select(static method => method.Permission)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static string Of(Role role, IReadOnlyList<string> permissions)
    {
        var caller = new Principal(role.Name, role.Permissions);
        var held = permissions.Where(caller.May).ToList();
        return held.Count == permissions.Count ? "all"
            : held.Count == 0 ? "none"
            : string.Join(
                ", ",
                held.Select(static permission => permission[(permission.LastIndexOf('.') + 1)..])
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .Select(static verb => $"`{verb}`")
            );
    }
}
