using Cairn.Kernel.Database;
using Cairn.Optimization.Spaces;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Suggesting;

/// <summary>
/// How a request is met: each context first by a trial that the client has open, then by one that a user requested, then by a new one.
/// </summary>
internal static class SlotPlan
{
    // More requested trials than this are handed out over several calls.
    private const int MaxRequested = 1_000;

    public static List<Slot> Make(ISqlSession session, StudyModel model, long study, SuggestTrialsRequest request)
    {
        // Who does not say who he is has no trials of his own to get again.
        var open =
            request.ClientId.Length == 0
                ? []
                : TrialTable.Open(session, study, Trial.Types.State.Active, request.ClientId, request.SuggestionCount);
        // With no contexts the client's own may be enough; only then are users' trials not looked for.
        var requested =
            request.Contexts.Count == 0 && open.Count >= request.SuggestionCount
                ? []
                : TrialTable.OpenOfAll(session, study, Trial.Types.State.Requested, MaxRequested);
        var own = open.ConvertAll(static row => (row.Body, Parameters: TrialTranslation.ToAssignment(row.Body.Parameters)));
        var users = requested.ConvertAll(static row => (row.Body, Parameters: TrialTranslation.ToAssignment(row.Body.Parameters)));
        var slots = new List<Slot>(request.SuggestionCount);
        for (var i = 0; i < request.SuggestionCount; i++)
        {
            var context = request.Contexts.Count == 0 ? null : request.Contexts[i];
            slots.Add(
                Fill(
                    model,
                    context is null ? [] : TrialTranslation.ToAssignment(context.Parameters),
                    context?.Description ?? "",
                    own,
                    users
                )
            );
        }

        return slots;
    }

    private static Slot Fill(
        StudyModel model,
        Dictionary<string, ParameterValue> pinned,
        string description,
        List<(Trial Body, Dictionary<string, ParameterValue> Parameters)> own,
        List<(Trial Body, Dictionary<string, ParameterValue> Parameters)> users
    )
    {
        var match = own.FindIndex(trial =>
            pinned.All(pair => trial.Parameters.TryGetValue(pair.Key, out var value) && value == pair.Value)
        );
        if (match >= 0)
        {
            var trial = own[match].Body;
            own.RemoveAt(match);
            return new Slot(trial, pinned, NeedsPoint: false, description);
        }

        match = users.FindIndex(trial => pinned.All(pair => !trial.Parameters.TryGetValue(pair.Key, out var value) || value == pair.Value));
        if (match < 0)
        {
            return new Slot(null, pinned, NeedsPoint: true, description);
        }

        var (body, merged) = users[match];
        users.RemoveAt(match);
        foreach (var (id, value) in pinned)
        {
            merged[id] = value;
        }

        return new Slot(body, merged, NeedsPoint: model.Problem.Space.Reject(merged) is not null, description);
    }
}
