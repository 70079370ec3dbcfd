using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Optimization.Spaces;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Suggesting;

/// <summary>
/// Hands out trials. What an algorithm that reads no trials suggests is found inside the transaction that keeps it. Others think outside of
/// any transaction, one at a time a study; were trials handed out meanwhile (by another server), they think again, so that no two clients
/// get the same point.
/// </summary>
internal sealed class Suggestions(IDatabase database, IResourceStore store, StudyModels models, TimeProvider time)
{
    private const int MaxAttempts = 20;

    // As many at once as there are processors: thinking is all computation.
    private readonly SemaphoreSlim _thinking = new(Environment.ProcessorCount);
    private readonly ConcurrentDictionary<long, SemaphoreSlim> _turns = new();

    /// <param name="request">The request, for a study that the caller may touch.</param>
    /// <param name="finish">Records what the answer is given with, in the same transaction.</param>
    /// <param name="cancellation">Ends the wait and the thinking.</param>
    public async Task<T> SuggestAsync<T>(
        SuggestTrialsRequest request,
        Func<ISqlSession, SuggestTrialsResponse, T> finish,
        CancellationToken cancellation
    )
    {
        var name = StudyName.Parse(request.Parent, "parent");
        var model = await models.GetAsync(name, cancellation);
        SuggestionChecks.Require(model, request);
        var started = time.GetUtcNow();
        if (!model.Designer.ReadsTrials)
        {
            return await database.WriteAsync(session => finish(session, Keep(session, name, model, request, started, null)!), cancellation);
        }

        var turn = _turns.GetOrAdd(name.Id, static _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellation);
        try
        {
            return await ThinkAsync(name, model, request, started, finish, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<T> ThinkAsync<T>(
        StudyName name,
        StudyModel model,
        SuggestTrialsRequest request,
        DateTimeOffset started,
        Func<ISqlSession, SuggestTrialsResponse, T> finish,
        CancellationToken cancellation
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var thought = await ThoughtAsync(name, model, request, cancellation);
            var (kept, answer) = await database.WriteAsync(
                session =>
                    Keep(session, name, model, request, started, thought) is { } response
                        ? (true, finish(session, response))
                        : (false, default(T)!),
                cancellation
            );
            if (kept)
            {
                return answer;
            }
        }

        throw StatusException.Unavailable($"Other servers handed out trials of '{name}' in each of {MaxAttempts} attempts; ask again.");
    }

    /// <summary>Points for the slots as they are now, found without holding a transaction.</summary>
    private async Task<Thought> ThoughtAsync(StudyName name, StudyModel model, SuggestTrialsRequest request, CancellationToken cancellation)
    {
        var (row, slots, trials, predecessors) = await database.ReadAsync(
            session =>
            {
                var study = StudyTable.Get(session, name);
                var plan = SlotPlan.Make(session, model, name.Id, request);
                var needed =
                    plan.Exists(static slot => slot.NeedsPoint)
                    && study.State == Study.Types.State.Active
                    && !StudyProgress.ShouldEnd(session, model.Spec, study, time.GetUtcNow());
                return (
                    study,
                    needed ? plan : [],
                    needed ? EvidenceReader.Read(session, name.Id) : [],
                    needed ? model.Predecessors.Select(id => EvidenceReader.Read(session, id)).ToList() : []
                );
            },
            cancellation
        );
        var needy = slots.Count(static slot => slot.NeedsPoint);
        if (needy == 0)
        {
            return new Thought(row.Issued, 0, []);
        }

        await _thinking.WaitAsync(cancellation);
        try
        {
            var problem = model.Problem.With(predecessors);
            return new Thought(
                row.Issued,
                needy,
                await Task.Run(() => PointFinder.Find(model, problem, trials, row.Issued, slots, cancellation), cancellation)
            );
        }
        finally
        {
            _thinking.Release();
        }
    }

    /// <summary>Hands out what there is and keeps what is new; null where the study has gone on since the thought.</summary>
    private SuggestTrialsResponse? Keep(
        ISqlSession session,
        StudyName name,
        StudyModel model,
        SuggestTrialsRequest request,
        DateTimeOffset started,
        Thought? thought
    )
    {
        var row = StudyTable.Get(session, name);
        var slots = SlotPlan.Make(session, model, name.Id, request);
        var ends = row.State != Study.Types.State.Active || StudyProgress.ShouldEnd(session, model.Spec, row, started);
        if (ends)
        {
            slots.RemoveAll(static slot => slot.Trial is null);
        }

        var needy = slots.Count(static slot => slot.NeedsPoint);
        if (thought is not null && needy > 0 && (thought.Issued != row.Issued || thought.Needed != needy))
        {
            return null;
        }

        var points =
            thought?.Points ?? (needy == 0 ? [] : PointFinder.Find(model, model.Problem, [], row.Issued, slots, CancellationToken.None));
        var handed = new HandOut(session, model, name, request.ClientId, started, row.Issued);
        var next = 0;
        var exhausted = false;
        var trials = new List<Trial>(slots.Count);
        foreach (var slot in slots)
        {
            if (slot.NeedsPoint && next == points.Count)
            {
                exhausted = true;
                continue;
            }

            trials.Add(handed.Give(slot, slot.NeedsPoint ? points[next++] : slot.Pinned));
        }

        var state = ends || exhausted ? End(session, name, model, row) : row.State;
        if (handed.Issued != row.Issued || state != row.State)
        {
            StudyTable.Advance(session, name.Id, handed.Issued, state);
        }

        return new SuggestTrialsResponse
        {
            Trials = { trials },
            StudyState = state,
            StartTime = Timestamps.ToTimestamp(Timestamps.ToMicros(started)),
            EndTime = Timestamps.ToTimestamp(Timestamps.ToMicros(time.GetUtcNow())),
        };
    }

    private Study.Types.State End(ISqlSession session, StudyName name, StudyModel model, StudyRow row)
    {
        if (row.State != Study.Types.State.Active)
        {
            return row.State;
        }

        if (store.Find<Study>(session, TuningSchema.Study, name.ToString()) is { } study)
        {
            study.State = Study.Types.State.Completed;
            store.Update(session, TuningSchema.Study, study);
        }

        if (model.Spec.StudyStoppingConfig?.ShouldStopAsap == true)
        {
            foreach (var trial in TrialTable.OpenOfAll(session, name.Id, Trial.Types.State.Active, int.MaxValue))
            {
                trial.Body.State = Trial.Types.State.Stopping;
                TrialTable.Update(session, model, name.Id, trial);
            }
        }

        return Study.Types.State.Completed;
    }

    /// <param name="Issued">How many trials the study had given out when it was thought.</param>
    /// <param name="Needed">How many slots needed a point.</param>
    /// <param name="Points">For the slots that needed one.</param>
    private sealed record Thought(long Issued, int Needed, List<IReadOnlyDictionary<string, ParameterValue>> Points);
}
