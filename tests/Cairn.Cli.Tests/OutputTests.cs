using System.Text.Json.Nodes;
using Cairn.Cli.Output;

namespace Cairn.Cli.Tests;

public sealed class OutputTests
{
    private const string Json =
        """{"name":"projects/p/locations/l/models/7","displayName":"a\u0007b","labels":{"n":"1"},"versionAliases":["x","default"],"size":"42","done":true,"text":"two\nlines"}""";

    [Fact]
    public void yaml_reads_back_as_the_same_json()
    {
        using var text = new StringWriter();
        Yaml.Write(JsonNode.Parse(Json), text);

        JsonNode.DeepEquals(Yaml.Read(text.ToString()), JsonNode.Parse(Json)).ShouldBeTrue(text.ToString());
    }

    [Theory]
    [InlineData("name:id", "7")]
    [InlineData("labels.n", "1")]
    [InlineData("version_aliases", "x;default")]
    [InlineData("versionAliases.1", "default")]
    [InlineData("nothing.here", "")]
    [InlineData("done", "true")]
    public void fields_are_found_by_path(string path, string value) => FieldPath.Text(JsonNode.Parse(Json), path).ShouldBe(value);

    [Fact]
    public async Task a_list_is_a_table_of_aligned_columns_that_no_value_can_break()
    {
        (await ListAsync(null)).ShouldBe("ID  NAME\n7   a b\n12  c\n");
    }

    [Fact]
    public async Task a_list_can_be_json() => JsonNode.Parse(await ListAsync("json"))!.AsArray().Count.ShouldBe(2);

    [Fact]
    public async Task a_list_can_be_yaml_documents() =>
        (await ListAsync("yaml")).Split("---\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);

    [Fact]
    public async Task a_list_can_be_bare_values() => (await ListAsync("value(name:id,displayName)")).ShouldBe("7\ta\u0007b\n12\tc\n");

    [Theory]
    [InlineData("value(name:id,display_name)", "")]
    [InlineData(
        "value(name,displayname,labels.a)",
        "None of the 2 items has 'displayname'. --format json shows their fields.\nNone of the 2 items has 'labels.a'. --format json shows their fields.\n"
    )]
    public async Task a_field_that_nothing_has_is_told(string format, string told)
    {
        await using var remarks = new StringWriter { NewLine = "\n" };
        await ListAsync(format, remarks);
        remarks.ToString().ShouldBe(told);
    }

    [Fact]
    public async Task a_column_of_the_table_that_the_user_named_and_nothing_has_is_told()
    {
        await using var remarks = new StringWriter { NewLine = "\n" };
        var one = new[] { """{"metrics":{"loss":1}}""" }.ToAsyncEnumerable();
        Column[] columns = [new("NAME", "name"), new("L", "metrics.loss", Asked: true), new("M", "metric.loss", Asked: true)];
        await Printer.For(null, TextWriter.Null, remarks).ManyAsync(one, columns, TestContext.Current.CancellationToken);
        remarks.ToString().ShouldBe("The only item has no 'metric.loss'. --format json shows its fields.\n");
    }

    private static async Task<string> ListAsync(string? format, TextWriter? remarks = null)
    {
        await using var text = new StringWriter { NewLine = "\n" };
        var items = new[] { Json, """{"name":"projects/p/locations/l/models/12","displayName":"c"}""" }.ToAsyncEnumerable();
        (
            await Printer
                .For(format, text, remarks ?? TextWriter.Null)
                .ManyAsync(items, [new("ID", "name:id"), new("NAME", "displayName")], TestContext.Current.CancellationToken)
        ).ShouldBe(2);
        return text.ToString();
    }
}
