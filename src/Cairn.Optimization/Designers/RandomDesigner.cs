using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers;

/// <summary>Uniform samples (under each parameter's scale).</summary>
public sealed class RandomDesigner : IDesigner
{
    public string Name => "random";

    public bool ReadsTrials => false;

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var suggestions = new Dictionary<string, ParameterValue>[request.Count];
        for (var i = 0; i < suggestions.Length; i++)
        {
            var point = request.Space.Sample(request.Random(i));
            request.Pin(point);
            suggestions[i] = request.Decode(point);
        }

        return suggestions;
    }
}
