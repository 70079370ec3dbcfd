using System.Text.Json.Nodes;
using Cairn.Data.Gcs;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Gcs;

public sealed class FieldSelectorTests
{
    private const string Resource =
        """{"kind":"k","nextPageToken":"t","items":[{"name":"a","size":"1","owner":{"id":"x","entity":"e"}},{"name":"b"}],"prefixes":["p/"]}""";

    [Theory]
    [InlineData("kind", """{"kind":"k"}""")]
    [InlineData("items/name", """{"items":[{"name":"a"},{"name":"b"}]}""")]
    [InlineData("items(name,owner/id),nextPageToken", """{"nextPageToken":"t","items":[{"name":"a","owner":{"id":"x"}},{"name":"b"}]}""")]
    [InlineData(
        "prefixes,items(owner(entity,id),size)",
        """{"items":[{"size":"1","owner":{"id":"x","entity":"e"}},{}],"prefixes":["p/"]}"""
    )]
    [InlineData("*", Resource)]
    [InlineData("items/*,missing", """{"items":[{"name":"a","size":"1","owner":{"id":"x","entity":"e"}},{"name":"b"}]}""")]
    public void fields_are_selected(string fields, string expected) =>
        FieldSelector.Parse(fields).Apply(JsonNode.Parse(Resource))!.ToJsonString().ShouldBe(JsonNode.Parse(expected)!.ToJsonString());

    [Theory]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("a(b")]
    [InlineData("a)b")]
    [InlineData("a//b")]
    [InlineData("a()")]
    [InlineData("a(b)c")]
    [InlineData("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t")]
    public void a_malformed_selection_is_refused(string fields) =>
        Should.Throw<StatusException>(() => FieldSelector.Parse(fields)).Message.ShouldContain(fields);
}
