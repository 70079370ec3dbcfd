namespace Cairn.Kernel.Security;

/// <summary>
/// The permission that a handler needs, in IAM's form <c>service.resources.verb</c>. A handler without one stops the start of the server.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PermissionAttribute(string permission) : Attribute
{
    public string Permission { get; } = permission;
}
