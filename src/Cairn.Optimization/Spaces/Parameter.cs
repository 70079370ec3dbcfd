namespace Cairn.Optimization.Spaces;

/// <summary>One thing to tune, with its feasible values. It validates itself: a parameter that exists can be searched.</summary>
public abstract class Parameter
{
    private readonly ParameterChild[] _children = [];

    /// <exception cref="ArgumentException">The id is empty or has white space.</exception>
    protected Parameter(string id)
    {
        if (string.IsNullOrEmpty(id) || id.Any(char.IsWhiteSpace))
        {
            throw new ArgumentException($"A parameter's id is '{id}'; it must not be empty and must have no white space.");
        }

        Id = id;
    }

    public string Id { get; }

    /// <summary>Parameters that exist for some of this one's values.</summary>
    /// <exception cref="ArgumentException">A condition names no value, or one that this parameter cannot have; or it hangs on a continuous
    /// parameter.</exception>
    public IReadOnlyList<ParameterChild> Children
    {
        get => _children;
        init
        {
            foreach (var child in value)
            {
                Check(child);
            }

            _children = [.. value];
        }
    }

    /// <summary>Whether distances between values mean nothing.</summary>
    public virtual bool IsCategorical => false;

    /// <summary>How many values there are; null for a continuous range.</summary>
    public abstract long? Count { get; }

    /// <summary>The default, or the middle under the scale: where a search begins.</summary>
    public abstract ParameterValue Centre { get; }

    public abstract bool Contains(ParameterValue value);

    /// <summary>
    /// A value's coordinate: in [0, 1] for numbers, the index for categories. Outside the feasible values, that of the nearest (categories:
    /// NaN).
    /// </summary>
    public abstract double ToUnit(ParameterValue value);

    /// <summary>The feasible value nearest to a coordinate.</summary>
    public abstract ParameterValue FromUnit(double unit);

    /// <summary>The feasible value at a quantile in [0, 1) of the uniform distribution (under the scale).</summary>
    public abstract ParameterValue FromQuantile(double quantile);

    /// <summary>
    /// The value at an index of a grid: of all values in order, or of <paramref name="resolution"/> evenly spaced ones of a range.
    /// </summary>
    public abstract ParameterValue AtGrid(long index, int resolution);

    /// <summary>The number of grid points.</summary>
    public long GridCount(int resolution) => Count ?? resolution;

    private void Check(ParameterChild child)
    {
        if (Count is null)
        {
            throw new ArgumentException(
                $"Parameter '{child.Parameter.Id}' is conditional on '{Id}', which is continuous; only categorical, discrete and integer parameters have children."
            );
        }

        if (child.ParentValues.Count == 0)
        {
            throw new ArgumentException($"The condition of parameter '{child.Parameter.Id}' names no value of '{Id}'; name at least one.");
        }

        foreach (var value in child.ParentValues)
        {
            if (!Contains(value))
            {
                throw new ArgumentException(
                    $"Parameter '{child.Parameter.Id}' is conditional on '{Id}' being '{value}', which is not one of its values."
                );
            }
        }
    }
}
