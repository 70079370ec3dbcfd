using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Spaces;

/// <summary>
/// The parameters, with those that exist only under conditions. Inside this library a point is an array of coordinates, one for each
/// parameter of the whole tree in depth-first order: see <see cref="Parameter.ToUnit"/>; NaN where the parameter does not exist.
/// </summary>
public sealed class SearchSpace
{
    public const int MaxParameters = 1_000;

    private readonly List<Dimension> _dimensions = [];

    /// <exception cref="ArgumentException">No parameters, more than <see cref="MaxParameters"/>, or an id that can occur twice in one
    /// assignment.</exception>
    public SearchSpace(IReadOnlyList<Parameter> parameters)
    {
        if (parameters.Count == 0)
        {
            throw new ArgumentException("A search space has no parameters; give at least one.");
        }

        Parameters = [.. parameters];
        foreach (var parameter in Parameters)
        {
            Add(parameter, -1, null);
        }

        if (_dimensions.Count > MaxParameters)
        {
            throw new ArgumentException($"A search space has {_dimensions.Count} parameters; at most {MaxParameters} can be searched.");
        }

        CheckIds();
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    internal IReadOnlyList<Dimension> Dimensions => _dimensions;

    /// <summary>Why an assignment is not a point of this space, in a sentence; null where it is one.</summary>
    public string? Reject(IReadOnlyDictionary<string, ParameterValue> assignment)
    {
        var used = 0;
        var active = new bool[_dimensions.Count];
        foreach (var dimension in _dimensions)
        {
            if (!(active[dimension.Index] = Exists(dimension, active, assignment)))
            {
                continue;
            }

            if (!assignment.TryGetValue(dimension.Parameter.Id, out var value))
            {
                return $"parameter '{dimension.Parameter.Id}' has no value; give each parameter that exists under its conditions one.";
            }

            if (!dimension.Parameter.Contains(value))
            {
                return $"parameter '{dimension.Parameter.Id}' has the value '{value}', which is not one of its feasible values.";
            }

            used++;
        }

        if (used == assignment.Count)
        {
            return null;
        }

        var known = _dimensions.Where(dimension => active[dimension.Index]).Select(static dimension => dimension.Parameter.Id).ToHashSet();
        return $"parameter '{assignment.Keys.First(id => !known.Contains(id))}' has a value, and the study has no such parameter under these conditions.";
    }

    /// <summary>
    /// Coordinates of an assignment, which may come from another space: what is missing takes its centre, what is out of range the nearest
    /// value.
    /// </summary>
    internal double[] Encode(IReadOnlyDictionary<string, ParameterValue> assignment)
    {
        var point = new double[_dimensions.Count];
        foreach (var dimension in _dimensions)
        {
            var known = assignment.TryGetValue(dimension.Parameter.Id, out var value);
            var unit = known ? dimension.Parameter.ToUnit(value) : double.NaN;
            point[dimension.Index] = double.IsNaN(unit) ? dimension.Parameter.ToUnit(dimension.Parameter.Centre) : unit;
        }

        Snap(point);
        return point;
    }

    internal Dictionary<string, ParameterValue> Decode(ReadOnlySpan<double> point)
    {
        var assignment = new Dictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var dimension in _dimensions)
        {
            if (!double.IsNaN(point[dimension.Index]))
            {
                assignment[dimension.Parameter.Id] = dimension.Parameter.FromUnit(point[dimension.Index]);
            }
        }

        return assignment;
    }

    /// <summary>
    /// Moves coordinates to those of feasible values: NaN where a parameter does not exist, its centre where it does and has none.
    /// </summary>
    internal void Snap(Span<double> point)
    {
        foreach (var dimension in _dimensions)
        {
            ref var at = ref point[dimension.Index];
            if (
                dimension.Parent >= 0
                && (
                    double.IsNaN(point[dimension.Parent])
                    || !dimension.Condition!.Matches(_dimensions[dimension.Parent].Parameter.FromUnit(point[dimension.Parent]))
                )
            )
            {
                at = double.NaN;
            }
            else if (double.IsNaN(at))
            {
                at = dimension.Parameter.ToUnit(dimension.Parameter.Centre);
            }
            else if (dimension.IsContinuous)
            {
                at = Math.Clamp(at, 0, 1);
            }
            else
            {
                at = dimension.Parameter.ToUnit(dimension.Parameter.FromUnit(at));
            }
        }
    }

    /// <summary>A uniform sample, one quantile a dimension.</summary>
    internal double[] Sample(Func<int, double> quantile)
    {
        var point = new double[_dimensions.Count];
        foreach (var dimension in _dimensions)
        {
            point[dimension.Index] = dimension.Parameter.ToUnit(dimension.Parameter.FromQuantile(quantile(dimension.Index)));
        }

        Snap(point);
        return point;
    }

    internal double[] Sample(SeededRandom random) => Sample(_ => random.NextDouble());

    /// <summary>The centre of everything, where a search begins.</summary>
    internal double[] Centre()
    {
        var point = new double[_dimensions.Count];
        Array.Fill(point, double.NaN);
        Snap(point);
        return point;
    }

    private static bool Overlap(ParameterChild left, ParameterChild right) => left.ParentValues.Any(right.Matches);

    private bool Exists(Dimension dimension, bool[] active, IReadOnlyDictionary<string, ParameterValue> assignment) =>
        dimension.Parent < 0
        || (
            active[dimension.Parent]
            && assignment.TryGetValue(_dimensions[dimension.Parent].Parameter.Id, out var parent)
            && dimension.Condition!.Matches(parent)
        );

    private void Add(Parameter parameter, int parent, ParameterChild? condition)
    {
        var index = _dimensions.Count;
        _dimensions.Add(new Dimension(index, parameter, parent, condition));
        foreach (var child in parameter.Children)
        {
            Add(child.Parameter, index, child);
        }
    }

    /// <summary>An id may occur again only where the two can never exist together: under different values of one parent.</summary>
    private void CheckIds()
    {
        foreach (var group in _dimensions.GroupBy(static dimension => dimension.Parameter.Id, StringComparer.Ordinal))
        {
            var same = group.ToList();
            for (var i = 0; i < same.Count; i++)
            {
                for (var j = i + 1; j < same.Count; j++)
                {
                    if (!NeverTogether(same[i], same[j]))
                    {
                        throw new ArgumentException(
                            $"Parameter '{group.Key}' occurs twice; ids must be unique, except under different values of one parent."
                        );
                    }
                }
            }
        }
    }

    private bool NeverTogether(Dimension left, Dimension right)
    {
        for (var a = left; a.Parent >= 0; a = _dimensions[a.Parent])
        {
            for (var b = right; b.Parent >= 0; b = _dimensions[b.Parent])
            {
                if (a.Parent == b.Parent && a.Index != b.Index && !Overlap(a.Condition!, b.Condition!))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
