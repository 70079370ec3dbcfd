using System.CommandLine;

namespace Cairn.Cli.Shell;

/// <summary>A kind of resource, with its verbs and the options that every verb takes.</summary>
internal sealed class Noun : Command
{
    public Noun(string name, string description, params Command[] verbs)
        : base(name, description)
    {
        foreach (var option in GlobalOptions.All)
        {
            Add(option);
        }

        foreach (var verb in verbs)
        {
            Add(verb);
        }
    }
}
