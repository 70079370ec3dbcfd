using Cairn.Kernel.Errors;

namespace Cairn.Models.Names;

/// <summary><c>…/models/{model}[@version]/evaluations/{evaluation}</c>.</summary>
public readonly record struct EvaluationName(ModelName Model, string Id)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static EvaluationName Parse(string text, string field)
    {
        const string collection = "/evaluations/";
        var at = text.IndexOf(collection, StringComparison.Ordinal);
        return at > 0 && text.Length > at + collection.Length && text.IndexOf('/', at + collection.Length) < 0
            ? new EvaluationName(ModelName.Parse(text[..at], field), text[(at + collection.Length)..])
            : throw StatusException.InvalidArgument(
                $"`{field}` is '{text}'; it must have the form projects/PROJECT/locations/LOCATION/models/MODEL/evaluations/EVALUATION."
            );
    }
}
