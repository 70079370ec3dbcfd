using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers;

/// <summary>
/// An algorithm that says where to look next. It keeps no state between calls: what it knows is in the request, so a study goes on after a
/// restart as if nothing had been, and the same request gives the same answer.
/// </summary>
public interface IDesigner
{
    /// <summary>How configuration refers to it.</summary>
    string Name { get; }

    /// <summary>Whether it looks at trials; one that does not needs only how many there were.</summary>
    bool ReadsTrials { get; }

    /// <returns>As many points as were asked for; fewer only when the space is exhausted.</returns>
    IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(SuggestRequest request, CancellationToken cancellation = default);
}
