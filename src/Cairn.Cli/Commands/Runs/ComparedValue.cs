using System.Text.Json.Nodes;

namespace Cairn.Cli.Commands.Runs;

/// <summary>One thing that is compared.</summary>
/// <param name="Kind"><c>run</c>, <c>param</c>, <c>metric</c>, <c>dataset</c> or <c>tag</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Values">By run, in the order of the command line; null where a run does not have it.</param>
internal sealed record ComparedValue(string Kind, string Name, IReadOnlyList<JsonNode?> Values)
{
    public bool IsSame => Values.Skip(1).All(value => JsonNode.DeepEquals(value, Values[0]));

    public JsonObject Json() =>
        new()
        {
            ["kind"] = Kind,
            ["name"] = Name,
            ["same"] = IsSame,
            ["values"] = new JsonArray([.. Values.Select(static value => value?.DeepClone())]),
        };
}
