using System.Diagnostics;
using Cairn.Testing;
using YamlDotNet.RepresentationModel;

namespace Cairn.Cli.Tests.Documentation;

/// <summary>Code that the pages show is code: nobody copies what a compiler would refuse.</summary>
public sealed class DocumentedCodeTests
{
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
        foreach (var block in Pages.Blocks("sh", "bash"))
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
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{block}: {await errors}");
    }
}
