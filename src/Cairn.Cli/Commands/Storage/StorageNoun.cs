using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Storage;

internal static class StorageNoun
{
    public static Noun Create() =>
        new(
            "storage",
            "Buckets and objects.",
            new Copy(),
            new ListObjects(),
            new Print(),
            new Remove(),
            new MakeBucket(),
            new RemoveBucket()
        );
}
