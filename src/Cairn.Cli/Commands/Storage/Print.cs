using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

internal sealed class Print : ApiCommand
{
    private readonly Argument<string[]> _addresses = new("gs://BUCKET/OBJECT")
    {
        Description = "The objects.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Print()
        : base("cat", "Print objects as they are.") => Add(_addresses);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var storage = new StorageClient(session.Client.Http);
        await using var to = Console.OpenStandardOutput();
        foreach (var text in parse.GetValue(_addresses)!)
        {
            await foreach (var item in Matching.ObjectsAsync(storage, GsAddress.Parse(text), recursive: false, cancellation))
            {
                await using var from = await storage.OpenAsync(item.Bucket, item.Name, cancellation);
                await from.CopyToAsync(to, cancellation);
            }
        }

        return ExitCode.Ok;
    }
}
