using System.CommandLine;
using Cairn.Cli.Shell;
using Cairn.Kernel.Errors;
using Cairn.Server;

namespace Cairn.Cli.Commands.Server;

/// <summary>Runs a server until it is told to stop.</summary>
internal sealed class ServerCommand : Command
{
    private static readonly ServerOptions Defaults = new();

    private readonly Option<string> _data = new("--data")
    {
        Description = "The server's folder. From CAIRN_DATA if not given, else ~/.cairn.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DataFolder.Default(),
    };
    private readonly Option<string> _http = new("--http")
    {
        Description = "Where REST is served, in cleartext; port 0 takes a free one.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => Defaults.Http,
    };
    private readonly Option<string> _grpc = new("--grpc")
    {
        Description = "Where gRPC is served, in cleartext.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => Defaults.Grpc,
    };
    private readonly Option<string?> _https = new("--https")
    {
        Description = "Where both are served under TLS, as 127.0.0.1:8443.",
        HelpName = "ADDRESS",
    };
    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "The certificate and its chain as PEM; one is made and kept if not given.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _key = new("--key") { Description = "The certificate's key as PEM.", HelpName = "FILE" };
    private readonly Option<string> _store = new("--store")
    {
        Description = "sqlite (in the data folder), or postgres://user:password@host/database.",
        HelpName = "STORE",
        DefaultValueFactory = _ => "sqlite",
    };
    private readonly Option<string> _objects = new("--objects")
    {
        Description = "disk (in the data folder), or s3://….",
        HelpName = "STORE",
        DefaultValueFactory = _ => "disk",
    };
    private readonly Option<string?> _authentication = new("--authentication")
    {
        Description = "on or off; off by default on loopback, and always on elsewhere.",
    };
    private readonly Option<string[]> _hosts = new("--allowed-host")
    {
        Description = "A host name besides loopback's that requests without authentication may carry.",
        HelpName = "NAME",
    };
    private readonly JobFlags _jobs = new();
    private readonly PredictorFlags _predictors = new();
    private readonly TelemetryFlags _telemetry = new();
    private readonly Option<bool> _list = new("--list-methods")
    {
        Description = "Print every method with its permission and whether it is answered, and end.",
    };

    public ServerCommand()
        : base("server", "Run a server until Ctrl-C or SIGTERM.")
    {
        _authentication.AcceptOnlyFromAmong("on", "off");
        foreach (
            var option in (Option[])
                [
                    _data,
                    _http,
                    _grpc,
                    _https,
                    _certificate,
                    _key,
                    _store,
                    _objects,
                    _authentication,
                    _hosts,
                    .. _jobs.All,
                    .. _predictors.All,
                    .. _telemetry.All,
                    _list,
                ]
        )
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(_list))
        {
            MethodList.Write(await CairnServer.ListMethodsAsync(), parse.InvocationConfiguration.Output);
            return ExitCode.Ok;
        }

        try
        {
            await using var server = await CairnServer.StartAsync(Read(parse), cancellation);
            var to = parse.InvocationConfiguration.Error;
            to.WriteLine(
                $"Cairn is ready: REST at {server.HttpUrl.ToString().TrimEnd('/')}, gRPC at {server.GrpcAddress}{(server.HttpsUrl is { } tls ? $", both at {tls.ToString().TrimEnd('/')}" : "")}; {(server.AuthenticationRequired ? "requests need a token" : "no authentication, loopback only")}."
            );
            if (Environment.IsPrivilegedProcess)
            {
                to.WriteLine("It runs as root, which it does not need: an account of its own is safer. See docs/security.md.");
            }

            await server.WaitForShutdownAsync(cancellation);
            return ExitCode.Ok;
        }
        catch (StatusException e)
        {
            throw new CliException(e.Message);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CliException($"{e.Message.TrimEnd('.')}; stop what listens there, or name another with --http, --grpc or --https.");
        }
    }

    private ServerOptions Read(ParseResult parse) =>
        new()
        {
            Data = parse.GetValue(_data)!,
            Http = parse.GetValue(_http)!,
            Grpc = parse.GetValue(_grpc)!,
            Https = parse.GetValue(_https),
            Certificate = parse.GetValue(_certificate),
            Key = parse.GetValue(_key),
            Store = parse.GetValue(_store) is "sqlite" ? null : parse.GetValue(_store),
            Objects = parse.GetValue(_objects) is "disk" ? null : parse.GetValue(_objects),
            Authentication = parse.GetValue(_authentication) switch
            {
                "on" => true,
                "off" => false,
                _ => null,
            },
            AllowedHosts = parse.GetValue(_hosts) ?? [],
            Jobs = _jobs.Read(parse),
            Serving = _predictors.Read(parse),
            Telemetry = _telemetry.Read(parse),
        };
}
