using Cairn.Kernel.Tenancy;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Every method that a client may call: those of the services that somebody handles, and those of published services that nobody does,
/// which answer UNIMPLEMENTED. To read the descriptors of the latter takes as long as a good part of a start, so that is done when one of
/// them is first called.
/// </summary>
public sealed class RpcCatalogue
{
    private readonly Dictionary<string, RpcMethod> _byPath;
    private readonly Lazy<Dictionary<string, RpcMethod>> _unhandled;

    /// <param name="services">The services with handlers.</param>
    /// <param name="published">All published services, read when first needed.</param>
    /// <param name="gate">Stands before every handler: no request that reaches into another project gets to one.</param>
    /// <exception cref="InvalidOperationException">A handler does not fit its service, or declares no permission.</exception>
    public RpcCatalogue(IEnumerable<IRpcService> services, Func<IEnumerable<ServiceDescriptor>> published, ITenantGate gate)
    {
        var all = services.ToList();
        _byPath = RpcBinder.Bind(all, gate).ToDictionary(static method => method.Path);
        var bound = all.Select(static service => service.Descriptor.FullName).ToHashSet();
        _unhandled = new(() =>
            published()
                .Where(service => !bound.Contains(service.FullName))
                .SelectMany(static service => service.Methods)
                .Select(RpcBinder.Unhandled)
                .ToDictionary(static method => method.Path)
        );
    }

    /// <summary>The methods of the services that have handlers; some of these methods may have none.</summary>
    public IReadOnlyCollection<RpcMethod> OfServices => _byPath.Values;

    /// <summary>The methods of the services that nobody handles.</summary>
    public IReadOnlyCollection<RpcMethod> OfOthers => _unhandled.Value.Values;

    /// <summary>The method of a gRPC path; null where nobody publishes such a one.</summary>
    public RpcMethod? Find(string path) => _byPath.GetValueOrDefault(path) ?? _unhandled.Value.GetValueOrDefault(path);
}
