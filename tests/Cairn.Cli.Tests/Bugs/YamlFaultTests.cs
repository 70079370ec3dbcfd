using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Cli.Output;

namespace Cairn.Cli.Tests.Bugs;

/// <summary>What is printed as YAML is read back as it was, by our own reader and by one of YAML 1.1.</summary>
public sealed class YamlFaultTests(ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3";
    private const string Reader =
        "import json, sys, yaml; sys.stdout.write(json.dumps(yaml.load(sys.stdin.buffer.read(), Loader=yaml.SafeLoader)))";

    private static readonly string[] Words =
    [
        "0777",
        "No",
        "12:30",
        "=",
        "a\tb",
        "\t",
        "y",
        "N",
        "On",
        "~",
        "null",
        "Null",
        "1e3",
        "0x1F",
        "0b1",
        "1_000",
        "+1",
        ".5",
        ".inf",
        "-.INF",
        ".nan",
        "<<",
        "2001-01-01",
        "2001-01-01 10:00:00",
        "- a",
        "? a",
        "a: b",
        "a #b",
        "#a",
        "'",
        "\"",
        "'a'",
        "%a",
        "@a",
        "`a",
        "*a",
        "&a",
        "!a",
        "!!str a",
        "|",
        ">",
        "[",
        "{}",
        "",
        " ",
        " a",
        "a ",
        "a sentence.",
        "...",
        "---",
        "a\n",
        "\na",
        "a\nb",
        " a\nb",
        "a\n b",
        "a\n\nb",
        "a \nb",
        "a\r\nb",
        "a\u0085b",
        "a\u2028b",
        "\ufeffa",
        "a\0b",
        "\u0007",
        "é",
        "日本",
        "😀",
        "a\u00a0b",
        "#\na",
        "a\n#b",
        "a\n...\n",
        "a\n--- b",
        "190:20:30",
        "0o7",
        "08",
        "-0",
        "true",
        "TRUE",
        "yes",
        "Off",
        "a,b",
        "a:",
        ":a",
        "a?b",
    ];

    [Fact]
    public async Task any_text_is_read_back_as_it_was()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        const string alphabet = "aB0_1.:-+=#'\"\\ \t\n,[]{}&*!|>%@`~?éeE日";
        var all = new JsonObject();
        foreach (
            var (word, i) in Words
                .Concat(Enumerable.Range(0, 2_000).Select(_ => new string([.. random.GetItems<char>(alphabet, random.Next(1, 12))])))
                .Select(static (word, i) => (word, i))
        )
        {
            all[$"k{i}"] = new JsonObject { [word] = new JsonArray(word, new JsonObject { ["in"] = word }) };
        }

        all["numbers"] = JsonNode.Parse("[1, -2.5, 1E-05, 1e+20, 1.5e3, 0, 123456789012345678]");
        using var text = new StringWriter();
        Yaml.Write(all, text);
        JsonNode.DeepEquals(Yaml.Read(text.ToString()), all).ShouldBeTrue();
        if (!File.Exists(Python))
        {
            return;
        }

        using var python = Process.Start(
            new ProcessStartInfo(Python, ["-c", Reader])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(false),
            }
        )!;
        var read = python.StandardOutput.ReadToEndAsync();
        var error = python.StandardError.ReadToEndAsync();
        await python.StandardInput.WriteAsync(text.ToString());
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        Assert.SkipWhen((await error).Contains("No module named", StringComparison.Ordinal), "Python has no reader of YAML here.");
        (await error).ShouldBeEmpty();
        var back = JsonNode.Parse(await read)!.AsObject();
        foreach (var (key, value) in all)
        {
            if (key != "numbers")
            {
                Text(back[key]).ShouldBe(Text(value));
            }
        }

        back["numbers"]!
            .AsArray()
            .Select(static number => number!.GetValue<double>())
            .ShouldBe([1, -2.5, 1e-5, 1e20, 1500, 0, 123456789012345678]);
    }

    private static string Text(JsonNode? node) =>
        node?.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "absent";

    [Fact]
    public async Task a_table_cuts_long_cells_and_values_have_no_tabs_of_their_own()
    {
        var item = new JsonObject { ["name"] = "a\tb\\n", ["text"] = new string('x', 10_000) }.ToJsonString();
        using var table = new StringWriter();
        await Printer
            .For(null, table, TextWriter.Null)
            .ManyAsync(One(item), [new Column("TEXT", "text"), new Column("NAME", "name")], CancellationToken.None);
        table.ToString().Split('\n')[1].ShouldBe(new string('x', 119) + "…  a b\\n");
        using var values = new StringWriter();
        await Printer.For("value(name,name)", values, TextWriter.Null).ManyAsync(One(item), [], CancellationToken.None);
        values.ToString().TrimEnd().ShouldBe("a\\tb\\\\n\ta\\tb\\\\n");

        static async IAsyncEnumerable<string> One(string json)
        {
            yield return json;
            await Task.CompletedTask;
        }
    }
}
