using Cairn.Fuzz.Cases;

namespace Cairn.Fuzz.Targets;

/// <summary>One client of the server, over both protocols.</summary>
internal sealed class Target(Uri http, string grpc) : IDisposable
{
    private readonly RestTarget rest = new(http);
    private readonly GrpcTarget rpc = new(grpc);

    public Task<Answer> SendAsync(Call call, string? token) => call.IsGrpc ? rpc.SendAsync(call, token) : rest.SendAsync(call, token);

    public void Dispose()
    {
        rest.Dispose();
        rpc.Dispose();
    }
}
