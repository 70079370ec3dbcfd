using System.Text.Json.Nodes;

namespace Cairn.Server.Tests.Upgrade;

/// <summary>A call that the older version answered.</summary>
/// <param name="Body">What was sent, or null.</param>
/// <param name="Text">The answer as JSON, with <c>{server}</c> where its address was.</param>
internal sealed record StoredCall(string Method, string Path, JsonNode? Body, string Text)
{
    /// <summary>The answer of a server at an address, in the form in which tests' clients give it.</summary>
    public JsonNode Answer(Uri address)
    {
        var answer = JsonNode.Parse(Text.Replace("{server}", address.ToString().TrimEnd('/'), StringComparison.Ordinal))!;
        return answer is JsonObject ? answer : new JsonObject { ["text"] = answer.DeepClone() };
    }
}
