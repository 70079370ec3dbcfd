using Cairn.Kernel.Errors;

namespace Cairn.Security;

/// <summary>A named set of permission patterns (see <see cref="Kernel.Security.Principal.May"/>).</summary>
/// <param name="Name">What `cairn tokens create --role` takes.</param>
public sealed record Role(string Name, IReadOnlyList<string> Permissions)
{
    public static Role Admin { get; } = new("admin", ["*"]);

    /// <summary>Everything but the server's own administration.</summary>
    public static Role Editor { get; } = new("editor", ["aiplatform.*", "storage.*", "logging.*", "mlflow.*", "resourcemanager.*"]);

    /// <summary>Reading, and asking deployed models.</summary>
    public static Role Viewer { get; } = new("viewer", ["aiplatform.*.get", "aiplatform.*.list", "aiplatform.*.predict", "storage.*.get", "storage.*.list", "logging.*.list", "mlflow.*.get", "mlflow.*.list", "resourcemanager.*.get"]);

    /// <summary>What a running task needs inside its project.</summary>
    public static Role Task { get; } = new("task", Editor.Permissions);

    public static IReadOnlyList<Role> Assignable { get; } = [Admin, Editor, Viewer];

    /// <exception cref="StatusException">INVALID_ARGUMENT that lists the roles.</exception>
    public static Role Find(string name) => Assignable.FirstOrDefault(role => role.Name == name)
        ?? throw StatusException.InvalidArgument($"There is no role '{name}'. The roles are {string.Join(", ", Assignable.Select(static role => role.Name))}.");
}
