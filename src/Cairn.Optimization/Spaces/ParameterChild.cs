namespace Cairn.Optimization.Spaces;

/// <summary>A parameter that exists only where its parent has one of some values.</summary>
public sealed record ParameterChild(Parameter Parameter, IReadOnlyList<ParameterValue> ParentValues)
{
    // Values of discrete parameters match within 1e-10, as published for the API's conditions.
    private const double Epsilon = 1e-10;

    /// <summary>Whether the child exists where the parent has this value.</summary>
    public bool Matches(ParameterValue parent) =>
        ParentValues.Any(value =>
            value.Text is null ? parent.Text is null && Math.Abs(value.Number - parent.Number) <= Epsilon : value.Text == parent.Text
        );
}
