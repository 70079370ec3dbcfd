using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers;

/// <summary>A scrambled Halton sequence: covers the space more evenly than random samples do.</summary>
public sealed class QuasiRandomDesigner : IDesigner
{
    public string Name => "quasi-random";

    public bool ReadsTrials => false;

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var sequence = new Halton(request.Space.Dimensions.Count, request.Problem.Seed);
        var suggestions = new Dictionary<string, ParameterValue>[request.Count];
        for (var i = 0; i < suggestions.Length; i++)
        {
            var index = request.Issued + i;
            var point = request.Space.Sample(dimension => sequence.At(index, dimension));
            request.Pin(point);
            suggestions[i] = request.Decode(point);
        }

        return suggestions;
    }
}
