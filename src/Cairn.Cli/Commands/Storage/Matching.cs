using System.Runtime.CompilerServices;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

/// <summary>The objects that an address means: one by its name, those that match its wildcards, or all below it.</summary>
internal static class Matching
{
    /// <exception cref="CliException">There are none.</exception>
    public static async IAsyncEnumerable<ObjectInfo> ObjectsAsync(
        StorageClient storage,
        GsAddress address,
        bool recursive,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var any = false;
        if (address.HasWildcard)
        {
            await foreach (var listed in storage.ListAsync(address.Bucket, address.FixedPrefix, null, cancellation))
            {
                if (address.Matches(listed.Object!.Name))
                {
                    any = true;
                    yield return listed.Object;
                }
            }
        }
        else
        {
            if (!address.IsFolder && await storage.FindAsync(address.Bucket, address.Name, cancellation) is { } single)
            {
                any = true;
                yield return single;
            }

            if (recursive)
            {
                var prefix = address.IsFolder ? address.Name : address.Name + "/";
                await foreach (var listed in storage.ListAsync(address.Bucket, prefix, null, cancellation))
                {
                    any = true;
                    yield return listed.Object!;
                }
            }
        }

        if (!any)
        {
            throw new CliException(recursive ? $"There is no object {address} or below it." : $"There is no object {address}.");
        }
    }
}
