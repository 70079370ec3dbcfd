namespace Cairn.Kernel.Security;

/// <summary>Who calls.</summary>
/// <param name="Name"><c>user:ada</c>, <c>task:123</c>, or <c>anonymous</c> on a loopback server without authentication.</param>
/// <param name="Permissions">What the identity may do, as patterns; see <see cref="May"/>.</param>
/// <param name="Project">The only project it may touch, or null for all.</param>
public sealed record Principal(string Name, IReadOnlyList<string> Permissions, string? Project = null)
{
    /// <summary>The caller of a loopback server that runs without authentication: it may do everything.</summary>
    public static Principal Anonymous { get; } = new("anonymous", ["*"]);

    /// <summary>
    /// Whether a pattern covers the permission: <c>*</c> all, <c>storage.*</c> a service, <c>storage.*.get</c> a verb on all of a service's
    /// resources.
    /// </summary>
    public bool May(string permission)
    {
        foreach (var pattern in Permissions)
        {
            if (pattern == "*" || pattern == permission)
            {
                return true;
            }

            var star = pattern.IndexOf(".*", StringComparison.Ordinal);
            if (
                star > 0
                && permission.AsSpan().StartsWith(pattern.AsSpan(0, star + 1))
                && permission.AsSpan(star + 1).EndsWith(pattern.AsSpan(star + 2))
            )
            {
                return true;
            }
        }

        return false;
    }
}
