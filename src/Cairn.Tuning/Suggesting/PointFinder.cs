using Cairn.Optimization.Designers;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;
using Cairn.Tuning.Specs;

namespace Cairn.Tuning.Suggesting;

/// <summary>Asks a study's designer for the points that slots need.</summary>
internal static class PointFinder
{
    /// <returns>A point for each slot that needs one, in their order; fewer where the space is exhausted.</returns>
    public static List<IReadOnlyDictionary<string, ParameterValue>> Find(
        StudyModel model,
        Problem problem,
        IReadOnlyList<Trial> trials,
        long issued,
        IReadOnlyList<Slot> slots,
        CancellationToken cancellation
    )
    {
        var needy = slots.Where(static slot => slot.NeedsPoint).ToList();
        if (needy.TrueForAll(static slot => slot.Pinned.Count == 0))
        {
            return needy.Count == 0
                ? []
                : [.. model.Designer.Suggest(new SuggestRequest(problem, trials, issued, needy.Count), cancellation)];
        }

        // Those of one slice of the space together, and each aware of those before it.
        var points = new List<IReadOnlyDictionary<string, ParameterValue>>();
        var known = trials.ToList();
        for (var first = 0; first < needy.Count; )
        {
            var pinned = needy[first].Pinned;
            var alike = needy.Skip(first).TakeWhile(slot => slot.Pinned.Count == pinned.Count && !slot.Pinned.Except(pinned).Any()).Count();
            var found = model.Designer.Suggest(
                new SuggestRequest(problem, known, issued + points.Count, alike) { Pinned = pinned },
                cancellation
            );
            foreach (var point in found)
            {
                points.Add(point);
                known.Add(new Trial(issued + points.Count, point, TrialState.Active));
            }

            if (found.Count < alike)
            {
                break;
            }

            first += alike;
        }

        return points;
    }
}
