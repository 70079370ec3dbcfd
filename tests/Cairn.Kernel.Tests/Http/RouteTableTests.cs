using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;

namespace Cairn.Kernel.Tests.Http;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData(
        "GET",
        "/v1/projects/p/locations/l/models/m",
        "/v1/{name=projects/*/locations/*/models/*}",
        "projects/p/locations/l/models/m"
    )]
    [InlineData(
        "GET",
        "/v1/projects/p/locations/l/models/m@2?a=b",
        "/v1/{name=projects/*/locations/*/models/*}",
        "projects/p/locations/l/models/m@2"
    )]
    [InlineData(
        "POST",
        "/v1/projects/p/locations/l/models/m:go",
        "/v1/{name=projects/*/locations/*/models/*}:go",
        "projects/p/locations/l/models/m"
    )]
    [InlineData(
        "GET",
        "/v1/projects/p/locations/l/models/a:b",
        "/v1/{name=projects/*/locations/*/models/*}",
        "projects/p/locations/l/models/a:b"
    )]
    [InlineData("GET", "/b/x/o/a%2Fb%3Ac", "/b/{bucket}/o/{name}", "a/b:c")]
    [InlineData("GET", "/files/a/b//c", "/files/{name=**}", "a/b//c")]
    [InlineData("GET", "/files", "/files/{name=**}", "")]
    [InlineData("HEAD", "/b/x/o/y", "/b/{bucket}/o/{name}", "y")]
    [InlineData("GET", "http://host:1/b/x/o/y", "/b/{bucket}/o/{name}", "y")]
    public void a_path_finds_its_route_and_its_variables(string method, string target, string template, string name)
    {
        var match = Table().Match(method, RequestPath.Parse(target));
        match.ShouldNotBeNull().Route.Template.Text.ShouldBe(template);
        match.Value.Values["name"].ShouldBe(name);
    }

    [Theory]
    [InlineData("/v1/projects/p/locations/l/models")]
    [InlineData("/v1/projects/p/locations/l/models/")]
    [InlineData("/v1/projects/p/locations/l/models/m/")]
    [InlineData("/v1//p/locations/l/models/m")]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("/V1/projects/p/locations/l/models/m")]
    public void a_path_that_is_no_ones_is_not_found(string target) => Table().Match("GET", RequestPath.Parse(target)).ShouldBeNull();

    [Fact]
    public void a_wrong_method_tells_the_right_ones()
    {
        var path = RequestPath.Parse("/v1/projects/p/locations/l/models/m:go");
        Table().Match("DELETE", path).ShouldBeNull();
        Table().Allowed(path).ShouldContain("POST");
    }

    [Fact]
    public void routes_that_come_later_are_made_once_and_only_when_no_other_matches()
    {
        var made = 0;
        var table = Table();
        table.AddLater(more =>
        {
            made++;
            more.Add("PUT", "/v1/{name=projects/*/indexes/*}", "x", static (_, _) => Task.CompletedTask);
        });
        table.Match("GET", RequestPath.Parse("/v1/projects/p/locations/l/models/m")).ShouldNotBeNull();
        made.ShouldBe(0);
        table.Match("GET", RequestPath.Parse("/v1/projects/p/indexes/i")).ShouldBeNull();
        table.Match("PUT", RequestPath.Parse("/v1/projects/p/indexes/i")).ShouldNotBeNull().Values["name"].ShouldBe("projects/p/indexes/i");
        table.Allowed(RequestPath.Parse("/v1/projects/p/indexes/i")).ShouldBe(["PUT"]);
        table.All.Count(static route => route.Method == "PUT").ShouldBe(1);
        made.ShouldBe(1);
    }

    [Fact]
    public void a_route_without_a_permission_stops_the_start() =>
        Should
            .Throw<InvalidOperationException>(() => new RouteTable().Add("GET", "/open", "", static (_, _) => Task.CompletedTask))
            .Message.ShouldContain("permission");

    [Fact]
    public void the_same_route_twice_stops_the_start()
    {
        var table = Table();
        Should.Throw<InvalidOperationException>(() => table.Add("GET", "/b/{other}/o/{thing}", "x", static (_, _) => Task.CompletedTask));
    }

    [Theory]
    [InlineData("/a%")]
    [InlineData("/a%4")]
    [InlineData("/a%GG")]
    [InlineData("/%FF%FE")]
    [InlineData("/%00")]
    [InlineData("/%C0%AF")]
    public void a_path_that_is_badly_encoded_is_refused(string target) =>
        Should.Throw<StatusException>(() => RequestPath.Parse(target)).Code.ShouldBe(Code.InvalidArgument);

    [Theory]
    [InlineData("/%252e%252e", "%2e%2e")]
    [InlineData("/%2e%2e", "..")]
    [InlineData("/a%5Cb", "a\\b")]
    [InlineData("/a+b", "a+b")]
    public void a_segment_is_decoded_once_and_never_resolved(string target, string decoded) =>
        RequestPath.Parse(target).Decoded(0).ShouldBe(decoded);

    private static RouteTable Table()
    {
        var table = new RouteTable();
        foreach (
            var (method, template) in ((string, string)[])
                [
                    ("GET", "/v1/{name=projects/*/locations/*/models/*}"),
                    ("POST", "/v1/{name=projects/*/locations/*/models/*}:go"),
                    ("GET", "/b/{bucket}/o/{name}"),
                    ("GET", "/files/{name=**}"),
                ]
        )
        {
            table.Add(method, template, "test.things.get", static (_, _) => Task.CompletedTask);
        }

        return table;
    }
}
