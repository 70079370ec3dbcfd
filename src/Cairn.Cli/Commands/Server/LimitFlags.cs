using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Shell;
using Cairn.Jobs.Limits;

namespace Cairn.Cli.Commands.Server;

/// <summary>What tasks may use of their machine, as options of the server's command line.</summary>
internal sealed class LimitFlags
{
    private const string OfMachineType = "machine-type";
    private const string BootDisk = "boot-disk";
    private const string Off = "off";

    private static readonly LimitOptions Defaults = new();

    private readonly Option<string> _memory = Size(
        "--job-memory",
        OfMachineType,
        "The memory of a task: what its machine type has, and at most nine tenths of this machine's; so many GiB, whatever its type; or without a limit."
    );
    private readonly Option<string> _disk = Size(
        "--job-disk",
        BootDisk,
        "What a task's files may take: the boot disk that it asks for (100 GB where it does not); so many GiB; or without a limit."
    );
    private readonly Option<string> _processes = Number(
        "--job-processes",
        Defaults.Processes!.Value,
        "How many processes and threads a task may have at once."
    );
    private readonly Option<string> _openFiles = Number(
        "--job-open-files",
        Defaults.OpenFiles!.Value,
        "How many files each process of a task may have open."
    );
    private readonly Option<string> _groups = new("--job-control-groups")
    {
        Description =
            "auto: control groups (version 2) hold tasks to memory and processes where this machine permits, else their agents look; "
            + "off: the agents look.",
        DefaultValueFactory = _ => "auto",
    };

    public LimitFlags() => _groups.AcceptOnlyFromAmong("auto", Off);

    public IEnumerable<Option> All => [_memory, _disk, _processes, _openFiles, _groups];

    /// <exception cref="CliException">Wrong usage.</exception>
    public LimitOptions Read(ParseResult parse) =>
        new()
        {
            Memory = Size(parse, _memory, OfMachineType),
            Disk = Size(parse, _disk, BootDisk),
            Processes = Number(parse, _processes, least: 16),
            OpenFiles = Number(parse, _openFiles, least: 64),
            ControlGroups = parse.GetValue(_groups) is not Off,
        };

    private static LimitSize Size(ParseResult parse, Option<string> option, string asked)
    {
        try
        {
            return LimitSize.Parse(parse.GetValue(option)!, asked);
        }
        catch (FormatException e)
        {
            throw CliException.Usage($"{option.Name}: {e.Message}");
        }
    }

    private static int? Number(ParseResult parse, Option<string> option, int least) =>
        parse.GetValue(option)! switch
        {
            Off => null,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least => number,
            var text => throw CliException.Usage($"{option.Name} is '{text}'; it must be a number of at least {least}, or off."),
        };

    private static Option<string> Size(string name, string asked, string description) =>
        new(name)
        {
            Description = description,
            HelpName = $"{asked}|GIB|off",
            DefaultValueFactory = _ => asked,
        };

    private static Option<string> Number(string name, int value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N|off",
            DefaultValueFactory = _ => value.ToString(CultureInfo.InvariantCulture),
        };
}
