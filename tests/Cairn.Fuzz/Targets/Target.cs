using Cairn.Fuzz.Cases;

namespace Cairn.Fuzz.Targets;

/// <summary>One client of the server, over both protocols.</summary>
internal sealed class Target(Uri http, string grpc) : IDisposable
{
    private readonly RestTarget _rest = new(http);
    private readonly GrpcTarget _rpc = new(grpc);

    public Task<Answer> SendAsync(Call call, string? token) => call.IsGrpc ? _rpc.SendAsync(call, token) : _rest.SendAsync(call, token);

    public void Dispose()
    {
        _rest.Dispose();
        _rpc.Dispose();
    }
}
