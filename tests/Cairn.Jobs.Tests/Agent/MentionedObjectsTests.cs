using Cairn.Jobs.Agent;

namespace Cairn.Jobs.Tests.Agent;

public sealed class MentionedObjectsTests
{
    [Theory]
    [InlineData("gs://b/data/train.csv", "gs://b/data/train.csv")]
    [InlineData("--data=/gcs/b/data/train.csv", "gs://b/data/train.csv")]
    [InlineData("open('/gcs/b/x y.csv')", "gs://b/x")]
    [InlineData("gs://b/in/,gs://c/other", "gs://b/in/ gs://c/other")]
    [InlineData("gs://b/data/part-*.csv", "gs://b/data/")]
    [InlineData("gs://b/*.csv", "")]
    [InlineData("gs://b", "")]
    [InlineData("gs://b/", "")]
    [InlineData("gs:///x", "")]
    [InlineData("nothing", "")]
    public void addresses_are_found_where_they_stand(string text, string expected) =>
        string.Join(' ', MentionedObjects.In([text]).Select(static uri => uri.ToString()).Order(StringComparer.Ordinal)).ShouldBe(expected);
}
