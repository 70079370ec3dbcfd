using System.CommandLine;
using System.Text.RegularExpressions;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Tests.Documentation;

/// <summary>Every command that a page names is there, with the flags that the page gives it.</summary>
public sealed partial class DocumentedCommandTests
{
    /// <summary>Commands that are no person's to type: the server starts them.</summary>
    private static readonly string[] Inner = ["agent", "reducer"];

    [Fact]
    public void commands_and_flags_of_the_pages_are_those_of_the_program()
    {
        var commands = Pages.All.SelectMany(Commands).ToList();
        commands.Count.ShouldBeGreaterThan(60);
        commands
            .Select(static command => Problem(command.Words) is { } problem ? $"{command.Place}: {problem}" : null)
            .Where(static problem => problem is not null)
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("custom-jobs creat", "creat")]
    [InlineData("server --no-such-flag 1", "--no-such-flag")]
    [InlineData("frobnicate", "frobnicate")]
    public void what_is_not_there_would_be_found(string command, string what) =>
        Problem(command.Split(' ')).ShouldNotBeNull().ShouldContain(what);

    /// <summary>The words after <c>cairn</c>, of lines of blocks and of code in sentences.</summary>
    private static IEnumerable<(string Place, string[] Words)> Commands(string page)
    {
        var lines = Pages.Lines(page);
        foreach (var block in CodeBlock.Of(page, lines).Where(static block => block.Language is "" or "sh" or "bash"))
        {
            foreach (Match match in Typed().Matches(block.Text.Replace("\\\n", " ", StringComparison.Ordinal)))
            {
                yield return (block.ToString(), Words(match.Groups[1].Value));
            }
        }

        for (var i = 0; i < lines.Length; i++)
        {
            foreach (Match match in Quoted().Matches(lines[i]))
            {
                yield return ($"{page}:{i + 1}", Words(match.Groups[1].Value));
            }
        }
    }

    private static string[] Words(string text) => text.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the program does not know of a command; null where it knows all of it.</summary>
    private static string? Problem(string[] words)
    {
        if (words.Length > 0 && Inner.Contains(words[0]))
        {
            return null;
        }

        Command command = Cairn.Cli.Shell.Cli.Create();
        var names = true;
        foreach (var word in words)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                names = false;
                var flag = word.Split('=')[0];
                if (flag is not "--help" && !Options(command).Contains(flag))
                {
                    return $"`cairn {string.Join(' ', words)}`: {command.Name} has no {flag}";
                }
            }
            else if (names && word.Split('|') is var some && some.All(static name => Name().IsMatch(name)) && command.Subcommands.Count > 0)
            {
                if (some.FirstOrDefault(name => command.Subcommands.All(known => known.Name != name)) is { } unknown)
                {
                    return $"`cairn {string.Join(' ', words)}`: {command.Name} has no {unknown}";
                }

                command = command.Subcommands.First(known => known.Name == some[0]);
            }
            else
            {
                names = false;
            }
        }

        return null;
    }

    private static HashSet<string> Options(Command command)
    {
        HashSet<string> names = [];
        for (Symbol? at = command; at is not null; at = at.Parents.FirstOrDefault())
        {
            names.UnionWith(((Command)at).Options.Where(option => at == command || option.Recursive).SelectMany(Names));
        }

        return names;
    }

    private static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name);

    [GeneratedRegex(@"(?:^|\$\(|\n)\s*(?:\$ )?(?:bin/)?cairn ([^\n)]*)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Typed();

    [GeneratedRegex("`cairn ([^`]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Quoted();

    [GeneratedRegex("^[a-z][a-z-]*$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
