using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Buckets;

public sealed class BucketNameTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("my-bucket_1")]
    [InlineData("1st")]
    [InlineData("www.example.com")]
    [InlineData("a.b.c.d")]
    public void names_by_the_rules_are_taken(string name) => BucketName.Require(name).ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("-dash")]
    [InlineData("dash-")]
    [InlineData("_under")]
    [InlineData("a..b")]
    [InlineData("a.-b")]
    [InlineData("192.168.5.4")]
    [InlineData("goog-x")]
    [InlineData("my-google-bucket")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ünï")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void others_are_refused_with_the_name(string name) =>
        Should.Throw<StatusException>(() => BucketName.Require(name)).Message.ShouldContain($"'{name}'");
}
