using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Cli.Commands.Studies;

/// <summary>The API deletes a study without an operation.</summary>
internal sealed class DeleteStudy : ApiCommand
{
    private readonly Argument<string> _study = ResourceArgument.For("study");

    public DeleteStudy()
        : base("delete", "Delete a study with its trials.") => Add(_study);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(StudiesNoun.Collection, parse.GetValue(_study)!);
        await session.Client.DeleteAsync<Empty>($"/v1/{full}", cancellation);
        session.Status.WriteLine($"Deleted study [{full}].");
        return ExitCode.Ok;
    }
}
