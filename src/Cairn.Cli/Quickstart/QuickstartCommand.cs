using System.CommandLine;
using System.Diagnostics;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Env;
using Cairn.Cli.Shell;
using Spectre.Console;

namespace Cairn.Cli.Quickstart;

/// <summary>Starts a server on an embedded store and runs the main job on it from data to predictions.</summary>
internal sealed class QuickstartCommand : Command
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "The server's folder; a second run finds what the first left. From CAIRN_DATA if not given, else ~/.cairn.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DataFolder.Default(),
    };
    private readonly Option<int> _http = new("--http-port")
    {
        Description = "The port of the REST doors; another where it is taken.",
        DefaultValueFactory = _ => 8080,
    };
    private readonly Option<int> _grpc = new("--grpc-port")
    {
        Description = "The port of gRPC; another where it is taken.",
        DefaultValueFactory = _ => 8081,
    };
    private readonly Option<bool> _once = new("--once") { Description = "Stop the server and end after the predictions." };

    public QuickstartCommand()
        : base("quickstart", "Start a server and run the main job on real data: train, register, deploy, predict.")
    {
        foreach (var option in (Option[])[_data, _http, _grpc, _once, GlobalOptions.Project, GlobalOptions.Region])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(Console.Out),
                Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            }
        );
        // Long names must stay whole for copying; without a terminal there is no width to wrap to.
        console.Profile.Width = Math.Max(console.Profile.Width, 400);
        var folder = Path.GetFullPath(parse.GetValue(_data)!);
        var clock = Stopwatch.StartNew();
        await using var server = await StartAsync(parse, console, folder, cancellation);
        var target = new Target(
            $"http://{server.Http}",
            server.Grpc,
            parse.GetValue(GlobalOptions.Project)!,
            parse.GetValue(GlobalOptions.Region)!,
            null
        );
        using var client = new CairnClient(new ApiAddress(target.Endpoint, null));
        var result = await new PenguinsRun(
            client,
            target.Grpc,
            target.Project,
            target.Region,
            new Steps(console, PenguinsRun.StepCount)
        ).RunAsync(cancellation);
        console.MarkupLineInterpolated($"[bold green]From nothing to predictions in {clock.Elapsed.TotalSeconds:0.0} s.[/]");
        console.Profile.Out.Writer.Write(Farewell.Text(result, target, folder, server.LogFile));
        if (parse.GetValue(_once))
        {
            return ExitCode.Ok;
        }

        console.MarkupLineInterpolated($"[bold]The server stays up until Ctrl-C.[/]");
        try
        {
            // Ctrl-C on a terminal reaches the server as well, which may be gone first: a clean end is no failure.
            if (await server.WaitForExitAsync(cancellation) is not 0 and var code)
            {
                throw new CliException($"The server ended with {code}; its log is {server.LogFile}.");
            }
        }
        catch (OperationCanceledException)
        {
            // The way in which this is meant to end.
        }

        console.MarkupLineInterpolated(
            $"Stopped. What was made stays in {folder}; 'cairn quickstart' or 'cairn server --data {folder}' goes on from there."
        );
        return ExitCode.Ok;
    }

    private async Task<LocalServer> StartAsync(ParseResult parse, IAnsiConsole console, string folder, CancellationToken cancellation)
    {
        var httpPort = Choose(console, "REST", parse.GetValue(_http));
        var grpcPort = Choose(console, "gRPC", parse.GetValue(_grpc));
        var found = Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
        console.MarkupLineInterpolated(
            $"Starting a server on {folder}{(found ? ", which has state of earlier runs" : "")}: REST 127.0.0.1:{httpPort}, gRPC 127.0.0.1:{grpcPort}"
        );
        return await LocalServer.StartAsync(folder, $"127.0.0.1:{httpPort}", $"127.0.0.1:{grpcPort}", cancellation);
    }

    private static int Choose(IAnsiConsole console, string what, int wanted)
    {
        var port = FreePort.Near(wanted);
        if (port != wanted)
        {
            console.MarkupLineInterpolated($"[yellow]Port {wanted} is taken by another program; {what} goes to {port}.[/]");
        }

        return port;
    }
}
