using System.CommandLine;
using Cairn.Cli.Shell;
using Cairn.Kernel.Errors;
using Cairn.Server;
using Cairn.Server.Health;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn doctor</c>: looks at what a server stands on, and says what is wrong.</summary>
internal sealed class DoctorCommand : Command
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "The server's folder. From CAIRN_DATA if not given, else ~/.cairn.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DataFolder.Default(),
    };
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

    public DoctorCommand()
        : base(
            "doctor",
            "Look at a server's folder, disk, database and programs, and say what is wrong. It changes nothing, and works beside a running server."
        )
    {
        Add(_data);
        Add(_store);
        Add(_objects);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var options = new ServerOptions
        {
            Data = parse.GetValue(_data)!,
            Store = parse.GetValue(_store) is "sqlite" ? null : parse.GetValue(_store),
            Objects = parse.GetValue(_objects) is "disk" ? null : parse.GetValue(_objects),
        };
        try
        {
            var findings = await Doctor.ExamineAsync(options, cancellation);
            foreach (var finding in findings)
            {
                parse.InvocationConfiguration.Output.WriteLine(
                    $"{finding.Severity switch { Severity.Good => "ok", Severity.Warning => "warn", _ => "BAD" }, -5} {finding.Subject, -9} {finding.Text}"
                );
            }

            return findings.Any(static finding => finding.Severity == Severity.Bad) ? ExitCode.Failed : ExitCode.Ok;
        }
        catch (StatusException e)
        {
            throw new CliException(e.Message);
        }
    }
}
