using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

/// <summary><c>storage cp</c>: up, down, and between buckets; several at a time.</summary>
internal sealed class Copy : ApiCommand
{
    private const int AtATime = 4;

    private readonly Argument<string[]> _sources = new("SOURCE")
    {
        Description = "Files, folders (with -r) or gs:// addresses, and where they go.",
        Arity = new ArgumentArity(2, 100_000),
    };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Folders and everything in them." };

    public Copy()
        : base("cp", "Copy files and objects: cp SOURCE… DESTINATION.")
    {
        Add(_sources);
        Add(_recursive);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var given = parse.GetValue(_sources)!;
        var storage = new StorageClient(session.Client.Http);
        var plan = await new CopyPlan(storage, given[^1], parse.GetValue(_recursive)).MakeAsync(given[..^1], cancellation);
        await Progress.RunAsync(
            plan.Count == 1 ? plan[0].Title : $"{plan.Count} objects",
            plan.Sum(c => c.Size),
            async advance =>
            {
                await Parallel.ForEachAsync(
                    plan,
                    new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
                    async (copy, token) =>
                    {
                        var before = 0L;
                        await copy.RunAsync(sent => advance(sent - Interlocked.Exchange(ref before, sent)), token);
                    }
                );
            }
        );
        session.Status.WriteLine($"Copied {plan.Count} object{(plan.Count == 1 ? "" : "s")}, {plan.Sum(c => c.Size)} bytes.");
        return ExitCode.Ok;
    }
}
