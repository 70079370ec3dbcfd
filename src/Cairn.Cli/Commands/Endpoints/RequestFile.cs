using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Endpoints;

/// <summary>Text from a file, or from standard input where the name is <c>-</c>.</summary>
internal static class RequestFile
{
    public static async Task<string> ReadAsync(string flag, string name, CancellationToken cancellation)
    {
        try
        {
            return name == "-" ? await Console.In.ReadToEndAsync(cancellation) : await File.ReadAllTextAsync(name, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{flag} {name}: {e.Message}");
        }
    }
}
