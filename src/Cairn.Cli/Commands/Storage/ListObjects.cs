using System.CommandLine;
using System.Text.Json;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

internal sealed class ListObjects : ApiCommand
{
    private readonly Argument<string[]> _addresses = new("gs://BUCKET/PREFIX")
    {
        Description = "What to list; every bucket of the project if not given.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Everything below the address." };
    private readonly Option<bool> _detailed = new("--long", "-l") { Description = "With size and time." };

    public ListObjects()
        : base("ls", "List buckets and objects.")
    {
        Add(_addresses);
        Add(_recursive);
        Add(_detailed);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var storage = new StorageClient(session.Client.Http);
        var given = parse.GetValue(_addresses) ?? [];
        if (given.Length == 0)
        {
            await foreach (var bucket in storage.ListBucketsAsync(session.Project, cancellation))
            {
                session.Out.WriteLine($"gs://{bucket}/");
            }
        }

        foreach (var address in given.Select(GsAddress.Parse))
        {
            await foreach (var listed in FindAsync(storage, address, parse.GetValue(_recursive), cancellation))
            {
                Write(session, parse, address.Bucket, listed);
            }
        }

        return ExitCode.Ok;
    }

    private static async IAsyncEnumerable<Listed> FindAsync(
        StorageClient storage,
        GsAddress address,
        bool recursive,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (address.HasWildcard || recursive)
        {
            await foreach (var item in Matching.ObjectsAsync(storage, address, recursive, cancellation))
            {
                yield return new Listed(item, null);
            }

            yield break;
        }

        var any = false;
        await foreach (var listed in storage.ListAsync(address.Bucket, address.Name, "/", cancellation))
        {
            // gs://b/a lists the object a and the folder a/, not every name that begins with a.
            if (address.IsFolder || listed.Object?.Name == address.Name || listed.Prefix == address.Name + "/")
            {
                any = true;
                yield return listed;
            }
        }

        // A bucket may be empty; a name that was asked for must be there.
        if (!any && address.Name.Length > 0)
        {
            throw new CliException($"There is no object {address} or below it.");
        }
    }

    private void Write(ApiSession session, ParseResult parse, string bucket, Listed listed)
    {
        if (parse.GetValue(GlobalOptions.Format) == "json")
        {
            session.Out.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        url = $"gs://{bucket}/{listed.Object?.Name ?? listed.Prefix}",
                        size = listed.Object?.Size,
                        updated = listed.Object?.Updated,
                        md5Hash = listed.Object?.Md5,
                    }
                )
            );
        }
        else if (listed.Object is { } item && parse.GetValue(_detailed))
        {
            session.Out.WriteLine($"{item.Size, 12}  {item.Updated.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}  gs://{bucket}/{item.Name}");
        }
        else
        {
            session.Out.WriteLine(
                $"{(parse.GetValue(_detailed) ? new string(' ', 36) : "")}gs://{bucket}/{listed.Object?.Name ?? listed.Prefix}"
            );
        }
    }
}
