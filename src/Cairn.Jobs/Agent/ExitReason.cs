using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Jobs.Tasks;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>Turns how a program ended into a sentence for the person whose job it is.</summary>
internal static partial class ExitReason
{
    private const int MaxQuoted = 1500;
    private const int QuotedLines = 5;

    public static (Code Code, string Reason) Of(TaskRecord record, TaskEnd end, IReadOnlyCollection<string> errors)
    {
        if (end.Status is { ExitCode: 0, Signal: null })
        {
            return (Code.Ok, "");
        }

        var text = string.Join('\n', errors);
        if (end.NotStarted || NotFound().Match(text) is { Success: true })
        {
            var command = record.Command.Count > 0 ? record.Command[0] : record.Image ?? record.Interpreter;
            return (
                Code.InvalidArgument,
                $"The replica {record.Replica} could not start '{command}'{(end.Reason is null ? "" : ": " + end.Reason)}.{Quote(errors)}"
            );
        }

        if (MissingModule().Match(text) is { Success: true } missing)
        {
            var module = missing.Groups[1].Value.Trim('\'', '.');
            return record.Package?.Module is { } main && (main == module || main.StartsWith(module + '.', StringComparison.Ordinal))
                ? (
                    Code.InvalidArgument,
                    $"The Python module '{main}' was not found: no package in package_uris has '{module}'. Check python_module and what the package contains.{Quote(errors)}"
                )
                : (
                    Code.InvalidArgument,
                    $"The Python module '{module}' is not installed in the task's environment. Add it to package_uris, or map the image to an environment that has it in images.yaml.{Quote(errors)}"
                );
        }

        if (record.Limits.OpenFiles is { } files && TooManyFiles().IsMatch(text))
        {
            return (
                Code.ResourceExhausted,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The replica {record.Replica} ended with a status of {end.Status.ExitCode}, and said that it had too many files open: this server allows each process {files:N0} (--job-open-files). Close some, or ask the server's administrator for more.{Quote(errors)}"
                )
            );
        }

        if (end.Status.Signal is { } signal)
        {
            var hint = signal switch
            {
                9 => " (or ended with the status 137 itself), and not for lack of memory, as far as the kernel tells",
                11 => " (segmentation fault)",
                6 => " (abort)",
                _ => "",
            };
            return (
                Code.Internal,
                end.Reason
                    ?? string.Create(
                        CultureInfo.InvariantCulture,
                        $"The replica {record.Replica} was killed by signal {signal}{hint}.{Quote(errors)}"
                    )
            );
        }

        return (
            Code.InvalidArgument,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The replica {record.Replica} exited with a non-zero status of {end.Status.ExitCode}.{Quote(errors)}"
            )
        );
    }

    private static string Quote(IReadOnlyCollection<string> errors)
    {
        var lines = string.Join('\n', errors.Where(line => !string.IsNullOrWhiteSpace(line)).TakeLast(QuotedLines));
        return lines.Length == 0 ? "" : " Its last error output:\n" + (lines.Length > MaxQuoted ? "…" + lines[^MaxQuoted..] : lines);
    }

    [GeneratedRegex(@"No module named ('?[\w.]+'?)")]
    private static partial Regex MissingModule();

    [GeneratedRegex("Too many open files", RegexOptions.IgnoreCase)]
    private static partial Regex TooManyFiles();

    [GeneratedRegex(@"\Abwrap: execvp |\A(?:setpriv|prlimit): failed to execute |\Asetpriv: .*No such file")]
    private static partial Regex NotFound();
}
