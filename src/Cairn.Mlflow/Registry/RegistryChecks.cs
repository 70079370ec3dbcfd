using Cairn.Kernel.Errors;
using Cairn.Models.Registered;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.Registry;

/// <summary>What MLflow lets a tag and a stage be.</summary>
internal static class RegistryChecks
{
    private const int MaxTagValue = 100_000;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Tag(string key, string value)
    {
        MlflowNames.Check(key, "tag");
        RunFields.CheckTag(key, value, MaxTagValue);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Tags(IEnumerable<KeyValuePair<string, string>> tags)
    {
        foreach (var (key, value) in tags)
        {
            Tag(key, value);
        }
    }

    /// <summary>A stage as it is written, whatever the case of its letters was.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for no stage of MLflow's.</exception>
    public static string Stage(string text) =>
        ModelStages.All.FirstOrDefault(stage => stage.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw StatusException.InvalidArgument(
            $"Invalid Model Version stage: {text}. Value must be one of {string.Join(", ", ModelStages.All)}."
        );
}
