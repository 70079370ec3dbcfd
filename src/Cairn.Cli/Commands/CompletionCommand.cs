using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands;

/// <summary>Prints a script that makes a shell complete this program's commands; the program itself is asked for the words.</summary>
internal sealed class CompletionCommand : Command
{
    private const string Bash = """
        _cairn_complete() {
          local line="${COMP_LINE}" point="${COMP_POINT}" words
          words=$(cairn "[suggest:${point}]" "${line}" 2>/dev/null)
          COMPREPLY=($(compgen -W "${words}" -- "${COMP_WORDS[COMP_CWORD]}"))
          [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o filenames -o nosort -F _cairn_complete cairn

        """;

    private const string Zsh = """
        #compdef cairn
        _cairn() {
          local -a words_
          words_=("${(@f)$(cairn "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a words_ || _files
        }
        compdef _cairn cairn

        """;

    private const string Fish = """
        function __cairn_complete
            set -l line (commandline -cp)
            cairn "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c cairn -a "(__cairn_complete)"

        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    public CompletionCommand()
        : base("completion", "Print the script that completes commands in a shell: source <(cairn completion bash).")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
        SetAction(parse =>
        {
            parse.InvocationConfiguration.Output.Write(
                parse.GetValue(_shell) switch
                {
                    "zsh" => Zsh,
                    "fish" => Fish,
                    _ => Bash,
                }
            );
            return ExitCode.Ok;
        });
    }
}
