using Cairn.Kernel.Errors;
using Cairn.Optimization.Spaces;

namespace Cairn.Tuning.Specs;

/// <summary>Checks of parameters that users give.</summary>
internal static class ParameterChecks
{
    /// <summary>Each must be a parameter of the study with a feasible value; some may be missing.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void RequireKnown(StudyModel model, IReadOnlyDictionary<string, ParameterValue> assignment, string field)
    {
        foreach (var (id, value) in assignment)
        {
            if (!All(model.Problem.Space.Parameters).Any(parameter => parameter.Id == id && parameter.Contains(value)))
            {
                throw StatusException.InvalidArgument(
                    $"`{field}` sets parameter '{id}' to '{value}', which is no parameter of the study with such a value."
                );
            }
        }
    }

    private static IEnumerable<Parameter> All(IEnumerable<Parameter> parameters) =>
        parameters.SelectMany(static parameter => All(parameter.Children.Select(static child => child.Parameter)).Prepend(parameter));
}
