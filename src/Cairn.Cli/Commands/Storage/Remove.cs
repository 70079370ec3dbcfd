using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

internal sealed class Remove : ApiCommand
{
    private readonly Argument<string[]> _addresses = new("gs://BUCKET/OBJECT")
    {
        Description = "The objects; * and ** match.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Everything below the address too." };

    public Remove()
        : base("rm", "Remove objects.")
    {
        Add(_addresses);
        Add(_recursive);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var storage = new StorageClient(session.Client.Http);
        var removed = 0;
        foreach (var text in parse.GetValue(_addresses)!)
        {
            var items = await Matching
                .ObjectsAsync(storage, GsAddress.Parse(text), parse.GetValue(_recursive), cancellation)
                .ToListAsync(cancellation);
            await Parallel.ForEachAsync(
                items,
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
                async (item, token) =>
                {
                    await storage.DeleteAsync(item.Bucket, item.Name, token);
                    Interlocked.Increment(ref removed);
                }
            );
        }

        session.Status.WriteLine($"Removed {removed} object{(removed == 1 ? "" : "s")}.");
        return ExitCode.Ok;
    }
}
