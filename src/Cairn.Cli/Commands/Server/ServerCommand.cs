using System.CommandLine;
using Cairn.Cli.Shell;
using Cairn.Kernel.Errors;
using Cairn.Server;

namespace Cairn.Cli.Commands.Server;

/// <summary>Runs a server until it is told to stop.</summary>
internal sealed class ServerCommand : Command
{
    private static readonly ServerOptions Defaults = new();

    private readonly Option<string> data = new("--data") { Description = "The server's folder. From CAIRN_DATA if not given, else ~/.cairn.", HelpName = "DIR", DefaultValueFactory = _ => DataFolder.Default() };
    private readonly Option<string> http = new("--http") { Description = "Where REST is served, in cleartext; port 0 takes a free one.", HelpName = "ADDRESS", DefaultValueFactory = _ => Defaults.Http };
    private readonly Option<string> grpc = new("--grpc") { Description = "Where gRPC is served, in cleartext.", HelpName = "ADDRESS", DefaultValueFactory = _ => Defaults.Grpc };
    private readonly Option<string?> https = new("--https") { Description = "Where both are served under TLS, as 127.0.0.1:8443.", HelpName = "ADDRESS" };
    private readonly Option<string?> certificate = new("--certificate") { Description = "The certificate and its chain as PEM; one is made and kept if not given.", HelpName = "FILE" };
    private readonly Option<string?> key = new("--key") { Description = "The certificate's key as PEM.", HelpName = "FILE" };
    private readonly Option<string> store = new("--store") { Description = "sqlite (in the data folder), or postgres://user:password@host/database.", HelpName = "STORE", DefaultValueFactory = _ => "sqlite" };
    private readonly Option<string> objects = new("--objects") { Description = "disk (in the data folder), or s3://….", HelpName = "STORE", DefaultValueFactory = _ => "disk" };
    private readonly Option<string?> authentication = new("--authentication") { Description = "on or off; off by default on loopback, and always on elsewhere." };
    private readonly Option<string[]> hosts = new("--allowed-host") { Description = "A host name besides loopback's that requests without authentication may carry.", HelpName = "NAME" };
    private readonly JobFlags jobs = new();
    private readonly PredictorFlags predictors = new();
    private readonly Option<bool> list = new("--list-methods") { Description = "Print every method with its permission and whether it is answered, and end." };

    public ServerCommand() : base("server", "Run a server until Ctrl-C or SIGTERM.")
    {
        authentication.AcceptOnlyFromAmong("on", "off");
        foreach (var option in (Option[])[data, http, grpc, https, certificate, key, store, objects, authentication, hosts, .. jobs.All, .. predictors.All, list])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(list))
        {
            MethodList.Write(await CairnServer.ListMethodsAsync(), parse.InvocationConfiguration.Output);
            return ExitCode.Ok;
        }

        try
        {
            await using var server = await CairnServer.StartAsync(Read(parse), cancellation);
            var to = parse.InvocationConfiguration.Error;
            to.WriteLine($"Cairn is ready: REST at {server.HttpUrl.ToString().TrimEnd('/')}, gRPC at {server.GrpcAddress}{(server.HttpsUrl is { } tls ? $", both at {tls.ToString().TrimEnd('/')}" : "")}; {(server.AuthenticationRequired ? "requests need a token" : "no authentication, loopback only")}.");
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

    private ServerOptions Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data)!,
        Http = parse.GetValue(http)!,
        Grpc = parse.GetValue(grpc)!,
        Https = parse.GetValue(https),
        Certificate = parse.GetValue(certificate),
        Key = parse.GetValue(key),
        Store = parse.GetValue(store) is "sqlite" ? null : parse.GetValue(store),
        Objects = parse.GetValue(objects) is "disk" ? null : parse.GetValue(objects),
        Authentication = parse.GetValue(authentication) switch { "on" => true, "off" => false, _ => null },
        AllowedHosts = parse.GetValue(hosts) ?? [],
        Jobs = jobs.Read(parse),
        Serving = predictors.Read(parse),
    };
}
