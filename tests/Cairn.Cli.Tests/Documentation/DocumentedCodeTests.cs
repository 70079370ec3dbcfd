using System.Diagnostics;
using Cairn.Testing;
using YamlDotNet.RepresentationModel;

namespace Cairn.Cli.Tests.Documentation;

/// <summary>Code that the pages show is code: nobody copies what a compiler would refuse.</summary>
public sealed class DocumentedCodeTests
{
    /// <summary>
    /// What a block may be. Those without a language are texts and commands, which another test looks at; pictures and images are shown only.
    /// </summary>
    private static readonly string[] Languages = ["", "csharp", "dockerfile", "js", "mermaid", "python", "sh", "yaml"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public void every_block_is_of_a_language_that_is_looked_at()
    {
        var found = Pages.All.SelectMany(static page => CodeBlock.Of(page, Pages.Lines(page))).Select(static block => block.Language);
        found.Distinct().Order(StringComparer.Ordinal).ShouldBe(Languages);
    }

    [Fact]
    public async Task python_that_the_pages_show_compiles()
    {
        var blocks = Pages.Blocks("python").ToList();
        blocks.Count.ShouldBeGreaterThan(5);
        foreach (var block in blocks)
        {
            await RunAsync(block, "/usr/bin/python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())");
        }
    }

    [Fact]
    public async Task javascript_that_the_pages_show_compiles()
    {
        foreach (var block in Pages.Blocks("js"))
        {
            // In a function, for what a script awaits.
            await RunAsync(block with { Text = $"(async () => {{\n{block.Text}\n}})" }, "node", "--check", "-");
        }
    }

    [Fact]
    public async Task shell_that_the_pages_show_compiles()
    {
        foreach (var block in Pages.Blocks("sh"))
        {
            await RunAsync(block, "/bin/sh", "-n");
        }
    }

    [Fact]
    public void yaml_that_the_pages_show_is_yaml()
    {
        var blocks = Pages.Blocks("yaml").ToList();
        blocks.ShouldNotBeEmpty();
        foreach (var block in blocks)
        {
            Should.NotThrow(() => new YamlStream().Load(new StringReader(block.Text)), block.ToString());
        }
    }

    [Fact]
    public void csharp_that_the_pages_show_is_in_a_test()
    {
        var compiled = File.ReadAllText(Path.Combine(Checkout.Root, "tests", "Cairn.Optimization.Tests", "DocumentedOptimizerTests.cs"));
        var lines = compiled.Split('\n').Select(static line => string.Concat(line.Where(static c => !char.IsWhiteSpace(c))));
        var text = string.Concat(lines);
        foreach (var block in Pages.Blocks("csharp"))
        {
            text.ShouldContain(string.Concat(block.Text.Where(static c => !char.IsWhiteSpace(c))), Case.Sensitive, block.ToString());
        }
    }

    private static async Task RunAsync(CodeBlock block, string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        await process.StandardInput.WriteAsync(block.Text);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Limit);
        await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        process.ExitCode.ShouldBe(0, $"{block}: {await errors}");
    }
}
