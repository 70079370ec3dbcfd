using System.Text.Json;
using Cairn.Jobs.Agent;

namespace Cairn.Jobs.Environments;

/// <summary>What packages require and an interpreter does not have.</summary>
/// <param name="Interpreter">What tells this interpreter, with what it has installed, from another.</param>
/// <param name="Needed">What is missing, or there in another version.</param>
/// <param name="Notes">What could not be found out, in sentences.</param>
internal sealed record RequirementCheck(string Interpreter, IReadOnlyList<NeededPackage> Needed, IReadOnlyList<string> Notes)
{
    /// <summary>Looks at the packages in some folders; only their metadata is read, and nothing of them runs.</summary>
    /// <exception cref="TaskFailure">A requirement cannot be read.</exception>
    public static async Task<(RequirementCheck? Check, string? Obstacle)> RunAsync(
        string interpreter,
        IReadOnlyList<string> folders,
        CancellationToken cancellation
    )
    {
        var script = await EmbeddedText.ReadAsync("check_requirements.py", cancellation);
        var environment = new Dictionary<string, string>(HostTools.Environment) { ["PYTHONDONTWRITEBYTECODE"] = "1" };

        // Isolated (-I), so that nothing of the packages is imported.
        var result = await HostTools.RunAsync(interpreter, ["-I", "-c", script, .. folders], environment, cancellation);
        if (result.ExitCode != 0)
        {
            return (null, result.Complaint);
        }

        var check = JsonSerializer.Deserialize(result.Output, RequirementJson.Default.RequirementCheck)!;
        return check.Needed.FirstOrDefault(static needed => needed.Requirement.StartsWith('-')) is { } option
            ? throw new TaskFailure(Google.Rpc.Code.InvalidArgument, $"A package requires '{option.Requirement}', which is no requirement.")
            : (check, null);
    }
}
