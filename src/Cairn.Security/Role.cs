using Cairn.Kernel.Errors;

namespace Cairn.Security;

/// <summary>A named set of permission patterns (see <see cref="Kernel.Security.Principal.May"/>).</summary>
/// <param name="Name">What `cairn tokens create --role` takes.</param>
public sealed record Role(string Name, IReadOnlyList<string> Permissions)
{
    public static Role Admin { get; } = new("admin", ["*"]);

    /// <summary>
    /// The first parts of permissions: what the server has doors for. A capability that brings a service of its own adds it here, or nobody
    /// but an administrator gets in; a test walks every route for that.
    /// </summary>
    private static readonly string[] Services = ["aiplatform", "logging", "ml", "mlflow", "resourcemanager", "storage"];

    /// <summary>Everything but the server's own administration (<c>cairn.*</c>).</summary>
    public static Role Editor { get; } = new("editor", [.. Services.Select(static service => service + ".*")]);

    /// <summary>Reading, and asking deployed models.</summary>
    public static Role Viewer { get; } =
        new(
            "viewer",
            [.. Services.SelectMany(static service => (string[])[service + ".*.get", service + ".*.list", service + ".*.predict"])]
        );

    /// <summary>What a running task needs inside its project.</summary>
    public static Role Task { get; } = new("task", Editor.Permissions);

    /// <summary>Reading what the server measures of itself (<c>/metrics</c>), and nothing else: for what scrapes it.</summary>
    public static Role Monitor { get; } = new("monitor", ["cairn.metrics.get"]);

    public static IReadOnlyList<Role> Assignable { get; } = [Admin, Editor, Viewer, Monitor];

    /// <exception cref="StatusException">INVALID_ARGUMENT that lists the roles.</exception>
    public static Role Find(string name) =>
        Assignable.FirstOrDefault(role => role.Name == name)
        ?? throw StatusException.InvalidArgument(
            $"There is no role '{name}'. The roles are {string.Join(", ", Assignable.Select(static role => role.Name))}."
        );
}
