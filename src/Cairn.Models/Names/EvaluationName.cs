using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.Models.Names;

/// <summary><c>…/models/{model}[@version]/evaluations/{evaluation}</c>.</summary>
public readonly record struct EvaluationName(ModelName Model, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/models/MODEL/evaluations/EVALUATION");

    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static EvaluationName Parse(string text, string field)
    {
        var parts = Pattern.Parse(text, field);
        return new(ModelName.Parse($"projects/{parts[0]}/locations/{parts[1]}/models/{parts[2]}", field), parts[3]);
    }
}
