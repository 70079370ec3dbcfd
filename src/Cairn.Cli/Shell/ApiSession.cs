using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Output;
using Google.Protobuf;

namespace Cairn.Cli.Shell;

/// <summary>What a command that calls a server works with.</summary>
/// <param name="parse">The command line.</param>
/// <param name="ownFormats">Formats that the command prints itself.</param>
internal sealed class ApiSession(ParseResult parse, IReadOnlyList<string> ownFormats) : IDisposable
{
    public CairnClient Client { get; } =
        new(
            new ApiAddress(
                parse.GetValue(GlobalOptions.Endpoint)!.TrimEnd('/'),
                parse.GetValue(GlobalOptions.Token) is { Length: > 0 } token ? token : null
            )
        );

    public string Project { get; } = parse.GetValue(GlobalOptions.Project)!;

    public string Region { get; } = parse.GetValue(GlobalOptions.Region)!;

    /// <summary>What <c>--format</c> says, or null.</summary>
    public string? Format { get; } = parse.GetValue(GlobalOptions.Format);

    public Printer Printer { get; } =
        Printer.For(
            parse.GetValue(GlobalOptions.Format) is { } format && ownFormats.Contains(format) ? null : parse.GetValue(GlobalOptions.Format),
            parse.InvocationConfiguration.Output,
            parse.InvocationConfiguration.Error
        );

    /// <summary>Where results go.</summary>
    public TextWriter Out { get; } = parse.InvocationConfiguration.Output;

    /// <summary>Where a person is told what happens; results go to the other stream, so that they can be piped.</summary>
    public TextWriter Status { get; } = parse.InvocationConfiguration.Error;

    /// <summary>The MLflow door of the project and region.</summary>
    public MlflowClient Mlflow => new(Client, Parent);

    public string Parent => $"projects/{Uri.EscapeDataString(Project)}/locations/{Uri.EscapeDataString(Region)}";

    /// <summary>The full name of a resource that was given by id or by full name.</summary>
    public string Name(string collection, string given) =>
        given.StartsWith("projects/", StringComparison.Ordinal) ? given
        : given.Contains('/') || given.Length == 0
            ? throw CliException.Usage(
                $"'{given}' is neither an id nor a full name like projects/{Project}/locations/{Region}/{collection}/ID."
            )
        : $"{Parent}/{collection}/{given}";

    /// <summary>Prints a resource: YAML unless another format was asked for.</summary>
    public void Print(IMessage message) => Printer.One(ProtoJson.Format(message));

    public void Dispose() => Client.Dispose();
}
