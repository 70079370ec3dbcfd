using System.CommandLine;
using Cairn.Cli.Shell;
using Google.Protobuf.Collections;

namespace Cairn.Cli.Commands.Endpoints;

/// <summary><c>--traffic-split deployed-model=percent,…</c>.</summary>
internal sealed class TrafficSplitOption : Option<string[]>
{
    public TrafficSplitOption()
        : base("--traffic-split")
    {
        Description = "Deployed model ids and their percentages, which add up to 100; 0 stands for the one being deployed.";
        HelpName = "ID=PERCENT,…";
    }

    public void Apply(ParseResult parse, MapField<string, int> to)
    {
        foreach (var (key, value) in KeyValues.Parse(Name, parse.GetValue(this)))
        {
            to[key] = int.TryParse(value, out var percent)
                ? percent
                : throw CliException.Usage($"{Name} has {key}={value}, which is not a whole number.");
        }
    }
}
