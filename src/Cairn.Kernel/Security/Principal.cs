namespace Cairn.Kernel.Security;

/// <summary>Who calls.</summary>
/// <param name="Name"><c>user:ada</c>, <c>task:123</c>, or <c>anonymous</c> on a loopback server without authentication.</param>
/// <param name="Permissions">What the identity may do; <c>*</c> is everything, <c>storage.*</c> a prefix.</param>
/// <param name="Project">The only project it may touch, or null for all.</param>
public sealed record Principal(string Name, IReadOnlyList<string> Permissions, string? Project = null)
{
    /// <summary>The caller of a loopback server that runs without authentication: it may do everything.</summary>
    public static Principal Anonymous { get; } = new("anonymous", ["*"]);

    public bool May(string permission)
    {
        foreach (var granted in Permissions)
        {
            if (granted == "*" || granted == permission)
            {
                return true;
            }

            if (granted.EndsWith(".*", StringComparison.Ordinal) && permission.AsSpan().StartsWith(granted.AsSpan(0, granted.Length - 1)))
            {
                return true;
            }
        }

        return false;
    }
}
