using System.Numerics;
using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers;

/// <summary>
/// Every combination once, in order; continuous parameters at evenly spaced points (under their scale). Ends when the grid does.
/// </summary>
/// <param name="Resolution">Points of a continuous parameter, at least 1.</param>
public sealed class GridDesigner(int Resolution = 10) : IDesigner
{
    public string Name => "grid";

    public bool ReadsTrials => false;

    /// <summary>The number of combinations, conditional parameters counted only where they exist.</summary>
    public BigInteger Size(SearchSpace space) => space.Parameters.Aggregate(BigInteger.One, (size, parameter) => size * Size(parameter));

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var size = Size(request.Space);
        var suggestions = new List<Dictionary<string, ParameterValue>>();
        for (var i = 0; i < request.Count && request.Issued + i < size; i++)
        {
            var assignment = new Dictionary<string, ParameterValue>(StringComparer.Ordinal);
            var rest = new BigInteger(request.Issued + i);
            foreach (var parameter in request.Space.Parameters)
            {
                rest = Assign(parameter, rest, assignment);
            }

            if (request.Pinned.Count > 0)
            {
                var point = request.Space.Encode(assignment);
                request.Pin(point);
                assignment = request.Decode(point);
            }

            suggestions.Add(assignment);
        }

        return suggestions;
    }

    private BigInteger Size(Parameter parameter)
    {
        var count = parameter.GridCount(Resolution);
        if (parameter.Children.Count == 0)
        {
            return count;
        }

        var size = BigInteger.Zero;
        for (long i = 0; i < count; i++)
        {
            size += SizeUnder(parameter, parameter.AtGrid(i, Resolution));
        }

        return size;
    }

    private BigInteger SizeUnder(Parameter parameter, ParameterValue value) =>
        parameter.Children.Where(child => child.Matches(value)).Aggregate(BigInteger.One, (size, child) => size * Size(child.Parameter));

    /// <summary>
    /// Takes this parameter's digit (and those of its children) off a number in the grid's mixed radix; returns what is left of it.
    /// </summary>
    private BigInteger Assign(Parameter parameter, BigInteger number, Dictionary<string, ParameterValue> assignment)
    {
        var whole = Size(parameter);
        var rest = BigInteger.DivRem(number, whole, out var digit);
        if (parameter.Children.Count == 0)
        {
            assignment[parameter.Id] = parameter.AtGrid((long)digit, Resolution);
            return rest;
        }

        for (long i = 0; ; i++)
        {
            var value = parameter.AtGrid(i, Resolution);
            var size = SizeUnder(parameter, value);
            if (digit >= size)
            {
                digit -= size;
                continue;
            }

            assignment[parameter.Id] = value;
            foreach (var child in parameter.Children.Where(child => child.Matches(value)))
            {
                digit = Assign(child.Parameter, digit, assignment);
            }

            return rest;
        }
    }
}
