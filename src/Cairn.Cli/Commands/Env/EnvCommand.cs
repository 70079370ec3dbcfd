using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Env;

/// <summary>Prints what points other programs at a server.</summary>
internal sealed class EnvCommand : Command
{
    private readonly Option<string?> _shell = new("--shell") { Description = "bash, zsh, fish or powershell; as SHELL says if not given." };
    private readonly Option<string> _purpose = new("--for")
    {
        Description = "all, gcloud, mlflow (exports), or python, node, gsutil (a snippet).",
        DefaultValueFactory = _ => "all",
    };
    private readonly Option<string> _grpc = new("--grpc")
    {
        Description = "The server's gRPC address, for the Node snippet.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CAIRN_GRPC") is { Length: > 0 } set ? set : "127.0.0.1:8081",
    };

    public EnvCommand()
        : base("env", "Print what points gcloud, Python, Node, MLflow and the shell at this server: eval \"$(cairn env)\".")
    {
        _shell.AcceptOnlyFromAmong([.. Shells.Names]);
        _purpose.AcceptOnlyFromAmong("all", "gcloud", "mlflow", "python", "node", "gsutil");
        foreach (
            var option in (Option[])
                [_shell, _purpose, _grpc, GlobalOptions.Endpoint, GlobalOptions.Token, GlobalOptions.Project, GlobalOptions.Region]
        )
        {
            Add(option);
        }

        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        var target = new Target(
            parse.GetValue(GlobalOptions.Endpoint)!.TrimEnd('/'),
            parse.GetValue(_grpc)!,
            parse.GetValue(GlobalOptions.Project)!,
            parse.GetValue(GlobalOptions.Region)!,
            parse.GetValue(GlobalOptions.Token) is { Length: > 0 } token ? token : null
        );
        var to = parse.InvocationConfiguration.Output;
        switch (parse.GetValue(_purpose))
        {
            case "python":
                to.Write(Snippets.Python(target));
                break;
            case "node":
                to.Write(Snippets.Node(target));
                break;
            case "gsutil":
                to.Write(Snippets.Gsutil(target));
                break;
            case var group:
                var name = parse.GetValue(_shell) ?? Shells.Current();
                foreach (var line in Exports.For(target, group!))
                {
                    to.WriteLine(line is { Value: { } value } ? Shells.Export(name, line.Text, value) : $"# {line.Text}");
                }

                to.WriteLine($"# {Shells.Usage(name)}");
                break;
        }

        return ExitCode.Ok;
    }
}
