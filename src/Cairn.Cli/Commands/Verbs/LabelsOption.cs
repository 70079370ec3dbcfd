using System.CommandLine;
using Cairn.Cli.Shell;
using Google.Protobuf.Collections;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>--labels key=value,…</c>.</summary>
internal sealed class LabelsOption : Option<string[]>
{
    public LabelsOption()
        : base("--labels")
    {
        Description = "Labels, as key=value,….";
        HelpName = "KEY=VALUE,…";
    }

    public void Apply(ParseResult parse, MapField<string, string> to)
    {
        foreach (var (key, value) in KeyValues.Parse(Name, parse.GetValue(this)))
        {
            to[key] = value;
        }
    }
}
