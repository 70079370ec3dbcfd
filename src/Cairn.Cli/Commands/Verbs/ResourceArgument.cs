using System.CommandLine;

namespace Cairn.Cli.Commands.Verbs;

/// <summary>The argument that names a resource.</summary>
internal static class ResourceArgument
{
    public static Argument<string> For(string thing) =>
        new(thing.Replace(' ', '-').ToUpperInvariant()) { Description = $"The {thing}'s id or full name." };
}
