using System.Net;
using Cairn.Jobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Server.Tls;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cairn.Server;

/// <summary>
/// The ports: HTTP/1.1 and HTTP/2 in cleartext each have their own, because without TLS nothing tells them apart; with TLS they share one.
/// </summary>
internal sealed class Listeners
{
    private readonly ListenAddress _http;
    private readonly ListenAddress _grpc;
    private readonly ListenAddress? _https;
    private readonly bool _hasTasks;
    private readonly TaskListener? _ofTasks;
    private readonly string _ownCertificate;
    private readonly OpenConnections _connections = new();
    private string[]? _bound;

    public Listeners(ServerOptions options)
    {
        _http = ListenAddress.Parse(options.Http, "--http");
        _grpc = ListenAddress.Parse(options.Grpc, "--grpc");
        _https = options.Https is { } text ? ListenAddress.Parse(text, "--https") : null;
        _ownCertificate = ServerCertificate.FileIn(options.Data);

        // Tasks can trust --https where its certificate is this server's, which has loopback's names.
        var shared = _https is not null && options.Certificate is null && new Uri("https://" + _https.Reachable(1)).IsLoopback;
        _ofTasks = options.Jobs.Executor == JobsExecutor.Local && !shared ? new TaskListener(options) : null;
        _hasTasks = options.Jobs.Executor == JobsExecutor.Local;
        AuthenticationRequired = options.Authentication ?? !AllLoopback;
        if (!AllLoopback && !AuthenticationRequired)
        {
            throw StatusException.FailedPrecondition(
                "The server would listen beyond this machine without authentication. Leave '--authentication off' out, or listen on 127.0.0.1."
            );
        }
    }

    public bool AuthenticationRequired { get; }

    public bool AllLoopback => _http.IsLoopback && _grpc.IsLoopback && _https is not { IsLoopback: false };

    /// <summary>Cuts off, in a moment, what clients do not end: for a server that stops.</summary>
    public void Drain() => _connections.Drain();

    public Uri HttpUrl => new("http://" + Bound(0));

    public string GrpcAddress => Bound(1);

    public Uri? HttpsUrl => _https is null ? null : new Uri("https://" + Bound(2));

    /// <summary>Where this machine's tasks reach the server under TLS; null where it has none.</summary>
    public TaskTls? Tasks =>
        !_hasTasks ? null
        : _ofTasks is null ? new TaskTls(HttpsUrl!, _ownCertificate)
        : new TaskTls(new Uri("https://" + Bound(^1)), _ofTasks.CertificateFile);

    public void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        // Each route sets its own; uploads have none.
        kestrel.Limits.MaxRequestBodySize = null;
        // Clients that read a thousand time series name each of them in the query.
        kestrel.Limits.MaxRequestLineSize = 512 << 10;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Listen(_http.Address, _http.Port, listen => Open(listen, HttpProtocols.Http1));
        kestrel.Listen(_grpc.Address, _grpc.Port, listen => Open(listen, HttpProtocols.Http2));
        if (_https is not null)
        {
            var certificate = ServerCertificate.Load(options);
            kestrel.Listen(
                _https.Address,
                _https.Port,
                listen =>
                {
                    Open(listen, HttpProtocols.Http1AndHttp2);
                    listen.UseHttps(certificate);
                }
            );
        }

        _ofTasks?.Listen(kestrel, listen => Open(listen, HttpProtocols.Http1AndHttp2));
    }

    private void Open(ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        listen.Use(_connections.Follow);
    }

    /// <summary>Notes the ports that were taken, in the order in which <see cref="Configure"/> listened.</summary>
    public void Read(IServer server)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(static address => new Uri(address).Port).ToArray();
        ListenAddress[] listens =
        [
            _http,
            _grpc,
            .. _https is null ? [] : (ListenAddress[])[_https],
            .. _ofTasks is null ? [] : (ListenAddress[])[new ListenAddress(IPAddress.Loopback, 0)],
        ];
        _bound = [.. listens.Select((listen, i) => listen.Reachable(addresses[i]))];
        _ofTasks?.Bound(addresses[^1]);
    }

    /// <summary>Before the ports are bound, an address is known only where its port was given.</summary>
    private string Bound(Index index)
    {
        if (_bound is not null)
        {
            return _bound[index];
        }

        var listen = index.IsFromEnd
            ? null
            : index.Value switch
            {
                0 => _http,
                1 => _grpc,
                _ => _https!,
            };
        return listen is { Port: not 0 }
            ? listen.Reachable(listen.Port)
            : throw StatusException.Unavailable("The server is still starting: its ports are not bound yet.");
    }
}
