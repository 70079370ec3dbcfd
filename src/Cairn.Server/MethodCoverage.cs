using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;

namespace Cairn.Server;

/// <summary>One way to call the server.</summary>
/// <param name="Door"><c>gRPC</c> or <c>HTTP</c>.</param>
/// <param name="Call">The gRPC path, or the HTTP method and template.</param>
/// <param name="Handled">False where it answers UNIMPLEMENTED.</param>
public sealed record MethodCoverage(string Door, string Call, string Permission, bool Handled)
{
    internal static IReadOnlyList<MethodCoverage> Of(RpcCatalogue catalogue, RouteTable routes)
    {
        List<RpcMethod> methods = [.. catalogue.OfServices, .. catalogue.OfOthers];
        var unhandled = methods.Where(static method => !method.IsHandled).Select(static method => method.Permission).ToHashSet();
        return
        [
            .. methods.Select(static method => new MethodCoverage("gRPC", method.Path, method.Permission, method.IsHandled)),
            .. routes.All.Select(route => new MethodCoverage(
                "HTTP",
                $"{route.Method} {route.Template.Text}",
                route.Permission,
                !unhandled.Contains(route.Permission)
            )),
        ];
    }
}
