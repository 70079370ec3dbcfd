namespace Cairn.Cli.Commands.Env;

/// <summary>How each shell sets a variable.</summary>
internal static class Shells
{
    public static IReadOnlyList<string> Names { get; } = ["bash", "zsh", "fish", "powershell"];

    /// <summary>The shell of the person who calls, as far as the environment tells.</summary>
    public static string Current() =>
        Path.GetFileName(Environment.GetEnvironmentVariable("SHELL") ?? "") switch
        {
            "zsh" => "zsh",
            "fish" => "fish",
            "pwsh" => "powershell",
            _ => OperatingSystem.IsWindows() ? "powershell" : "bash",
        };

    public static string Export(string shell, string name, string value) =>
        shell switch
        {
            "fish" => $"set -gx {name} '{value.Replace("\\", "\\\\").Replace("'", "\\'")}'",
            "powershell" => $"$env:{name} = '{value.Replace("'", "''")}'",
            _ => $"export {name}='{value.Replace("'", "'\\''")}'",
        };

    public static string Usage(string shell) =>
        shell switch
        {
            "fish" => "To use it: cairn env | source",
            "powershell" => "To use it: cairn env --shell powershell | Out-String | Invoke-Expression",
            _ => "To use it: eval \"$(cairn env)\"",
        };
}
