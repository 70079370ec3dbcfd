using Cairn.Kernel.Rpc;
using Cairn.Server;

namespace Cairn.Fuzz.Corpus;

/// <summary>What the server serves: its methods by their descriptors, and all of its HTTP routes.</summary>
internal sealed record Contracts(IReadOnlyList<ContractMethod> Methods, IReadOnlyList<(string Verb, string Template)> Routes)
{
    public static async Task<Contracts> ReadAsync()
    {
        var served = await CairnServer.ListMethodsAsync();
        var descriptors = ContractFiles
            .All.SelectMany(static file => file.Services)
            .SelectMany(static service => service.Methods)
            .ToDictionary(static method => $"/{method.Service.FullName}/{method.Name}");
        var methods = served
            .Where(static method => method.Door == "gRPC" && method.Handled)
            .Select(method => ContractMethod.Of(descriptors[method.Call]));
        var routes = served
            .Where(static method => method.Door == "HTTP")
            .Select(static method => method.Call.Split(' '))
            .Select(static parts => (parts[0], parts[1]));
        return new Contracts([.. methods], [.. routes]);
    }
}
