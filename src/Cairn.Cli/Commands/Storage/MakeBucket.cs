using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

internal sealed class MakeBucket : ApiCommand
{
    private readonly Argument<string[]> _addresses = new("gs://BUCKET")
    {
        Description = "The new buckets.",
        Arity = ArgumentArity.OneOrMore,
    };

    public MakeBucket()
        : base("mb", "Make buckets.") => Add(_addresses);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        foreach (var text in parse.GetValue(_addresses)!)
        {
            var address = GsAddress.Parse(text);
            await new StorageClient(session.Client.Http).CreateBucketAsync(session.Project, address.Bucket, cancellation);
            session.Status.WriteLine($"Created gs://{address.Bucket}/.");
        }

        return ExitCode.Ok;
    }
}
