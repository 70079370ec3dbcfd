using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

internal sealed class RemoveBucket : ApiCommand
{
    private readonly Argument<string[]> _addresses = new("gs://BUCKET") { Description = "Empty buckets.", Arity = ArgumentArity.OneOrMore };

    public RemoveBucket()
        : base("rb", "Remove empty buckets.") => Add(_addresses);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        foreach (var text in parse.GetValue(_addresses)!)
        {
            var address = GsAddress.Parse(text);
            await new StorageClient(session.Client.Http).DeleteBucketAsync(address.Bucket, cancellation);
            session.Status.WriteLine($"Removed gs://{address.Bucket}/.");
        }

        return ExitCode.Ok;
    }
}
