using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Lifecycle;

/// <summary>Rules that cannot be carried out are refused where they are written, by the path of what is wrong.</summary>
public sealed class LifecycleJsonTests
{
    private const string Age = """{"age":1}""";

    private static readonly Bucket Bucket = new() { Name = "bucket-1", Project = "demo" };

    [Theory]
    [InlineData("""{"rules":[]}""", "lifecycle.rules")]
    [InlineData("""{"rule":{}}""", "lifecycle.rule")]
    [InlineData("""{"rule":[1]}""", "lifecycle.rule[0]")]
    [InlineData("""{"rule":[{"condition":{"age":1}}]}""", "lifecycle.rule[0].action")]
    [InlineData("""{"rule":[{"action":{"type":"Delete"}}]}""", "lifecycle.rule[0].condition")]
    [InlineData("""{"rule":[{"action":{"type":"Delete"},"condition":{"matchesPrefix":[]}}]}""", "lifecycle.rule[0].condition")]
    public void a_malformed_configuration_is_refused(string lifecycle, string path) => Refused(lifecycle, path);

    [Theory]
    [InlineData("""{"type":"Erase"}""", Age, "action.type")]
    [InlineData("""{"type":"SetStorageClass"}""", Age, "action.storageClass")]
    [InlineData("""{"type":"SetStorageClass","storageClass":"WARM"}""", Age, "action.storageClass")]
    [InlineData("""{"type":"Delete","storageClass":"NEARLINE"}""", Age, "action.storageClass")]
    [InlineData("""{"type":"Delete"}""", """{"age":-1}""", "condition.age")]
    [InlineData("""{"type":"Delete"}""", """{"age":1000001}""", "condition.age")]
    [InlineData("""{"type":"Delete"}""", """{"age":"soon"}""", "age")]
    [InlineData("""{"type":"Delete"}""", """{"createdBefore":"2031-02-30"}""", "condition.createdBefore")]
    [InlineData("""{"type":"Delete"}""", """{"customTimeBefore":"yesterday"}""", "condition.customTimeBefore")]
    [InlineData("""{"type":"Delete"}""", """{"noncurrentTimeBefore":"2031-02-03T00:00:00Z"}""", "condition.noncurrentTimeBefore")]
    [InlineData("""{"type":"Delete"}""", """{"isLive":"yes"}""", "isLive")]
    [InlineData("""{"type":"Delete"}""", """{"matchesStorageClass":["WARM"]}""", "condition.matchesStorageClass")]
    [InlineData("""{"type":"Delete"}""", """{"matchesPattern":".*"}""", "condition.matchesPattern")]
    [InlineData("""{"type":"AbortIncompleteMultipartUpload"}""", """{"age":1,"isLive":true}""", "condition.isLive")]
    public void a_rule_that_cannot_be_carried_out_is_refused(string action, string condition, string path) =>
        Refused($$$"""{"rule":[{"action":{{{action}}},"condition":{{{condition}}} }]}""", path);

    [Fact]
    public void there_are_no_more_than_a_hundred_rules_and_a_thousand_patterns()
    {
        const string rule = """{"action":{"type":"Delete"},"condition":{"age":1}}""";
        Patch($$"""{"rule":[{{string.Join(',', Enumerable.Repeat(rule, 100))}}]}""").Settings.Lifecycle!.Count.ShouldBe(100);
        Refused($$"""{"rule":[{{string.Join(',', Enumerable.Repeat(rule, 101))}}]}""", "lifecycle.rule");
        var prefixes = string.Join(',', Enumerable.Repeat("\"a\"", 600));
        var patterns = $$$"""{"action":{"type":"Delete"},"condition":{"matchesPrefix":[{{{prefixes}}}]}}""";
        Refused($$"""{"rule":[{{patterns}},{{patterns}}]}""", "lifecycle.rule");
    }

    private static void Refused(string lifecycle, string path)
    {
        var error = Should.Throw<StatusException>(() => Patch(lifecycle), lifecycle);
        error.Code.ShouldBe(Google.Rpc.Code.InvalidArgument);
        error.Message.ShouldContain(path);
    }

    private static Bucket Patch(string lifecycle) =>
        BucketJson.Patch(new JsonObject { ["lifecycle"] = JsonNode.Parse(lifecycle) }, Bucket, 0);
}
