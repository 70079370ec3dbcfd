using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Kernel.Work;
using Cairn.Tuning;
using Cairn.Tuning.Names;
using Cairn.TuningJobs.Storage;
using Cairn.TuningJobs.Trials;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.TuningJobs;

/// <summary>Takes tuning jobs in, and takes them away.</summary>
internal sealed class TuningJobQueue(
    IResourceStore store,
    TuningJobChanges changes,
    ICustomJobs jobs,
    IStudies studies,
    IWork work,
    IIdSource ids,
    TimeProvider time
) : IHyperparameterTuningJobs
{
    public async Task<PreparedTuningJob> PrepareAsync(
        string parent,
        HyperparameterTuningJob job,
        StudyOptions options,
        CancellationToken cancellation = default
    )
    {
        TuningJobValidator.Check(job);
        var name = TuningJobName.Under(parent, ids.NextNumber());
        studies.Require(parent, new Study { DisplayName = name.Study, StudySpec = job.StudySpec }, options);
        var stored = new HyperparameterTuningJob
        {
            Name = name.ToString(),
            DisplayName = job.DisplayName,
            StudySpec = job.StudySpec.Clone(),
            MaxTrialCount = job.MaxTrialCount,
            ParallelTrialCount = job.ParallelTrialCount,
            MaxFailedTrialCount = job.MaxFailedTrialCount,
            TrialJobSpec = job.TrialJobSpec.Clone(),
            State = JobState.Pending,
            EncryptionSpec = job.EncryptionSpec?.Clone(),
            Labels = { job.Labels },
        };
        try
        {
            await jobs.PrepareAsync(parent, TrialJob.Make(stored, new Trial { Id = "1" }), cancellation);
        }
        catch (StatusException error)
        {
            throw new StatusException(error.Code, error.Message.Replace("`job_spec", "`trial_job_spec", StringComparison.Ordinal));
        }

        return new PreparedTuningJob(stored, options);
    }

    public HyperparameterTuningJob Create(ISqlSession session, PreparedTuningJob job, Principal creator)
    {
        TuningJobTable.Insert(
            session,
            new TuningJobRow(job.Job.Name, "", job.Options.Algorithm, job.Options.Predecessors, creator.Name, false, "", true)
        );
        work.Enqueue(session, TuningWorker.KindName, job.Job.Name);
        return store.Insert(session, TuningJobKind.Kind, job.Job);
    }

    public HyperparameterTuningJob? Find(ISqlSession session, string name)
    {
        var job = store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, name);
        job?.Trials.AddRange(TuningTrialTable.Bodies(session, name));
        return job;
    }

    public void Cancel(ISqlSession session, string name)
    {
        var job = store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, name) ?? throw Missing(name);
        if (TuningJobKind.HasEnded(job) || TuningJobTable.Find(session, name) is not { } row)
        {
            return;
        }

        if (TuningTrialTable.Of(session, name).TrueForAll(static trial => trial.Phase == TrialPhase.Done))
        {
            job.State = JobState.Cancelled;
            job.EndTime = time.GetUtcNow().ToTimestamp();
            job.Error = TuningJobEnd.Cancelled;
            TuningJobTable.Update(session, row with { Cancel = true, Active = false });
        }
        else
        {
            job.State = JobState.Cancelling;
            TuningJobTable.Update(session, row with { Cancel = true });
        }

        changes.Write(session, job);
        work.Cancel(session, TuningWorker.KindName, name);
    }

    public string? StudyOf(ISqlSession session, string name) =>
        TuningJobTable.Find(session, name) is { Study.Length: > 0 } row ? row.Study : null;

    public IReadOnlySet<string> StoppedEarly(ISqlSession session, string name) => TuningTrialTable.Stopped(session, name).ToHashSet();

    public async Task<T> DeleteAsync<T>(string name, Func<ISqlSession, T> also, CancellationToken cancellation = default)
    {
        var job = await store.GetAsync<HyperparameterTuningJob>(TuningJobKind.Kind, name, cancellation);
        if (!TuningJobKind.HasEnded(job))
        {
            throw StatusException.FailedPrecondition(
                $"HyperparameterTuningJob '{name}' is in the state JOB_STATE_{job.State.ToString().ToUpperInvariant()}; cancel it, and delete it when it has ended."
            );
        }

        // The study first: a job that is still there can be deleted again.
        if (await store.WriteAsync(session => TuningJobTable.Find(session, name), cancellation) is { Study.Length: > 0 } row)
        {
            try
            {
                await studies.DeleteAsync(StudyName.Parse(row.Study, "study"), cancellation);
            }
            catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
            {
                // Someone has deleted it by itself.
            }
        }

        return await store.WriteAsync(
            session =>
            {
                if (!store.Delete(session, TuningJobKind.Kind, name))
                {
                    throw Missing(name);
                }

                TuningJobTable.Delete(session, name);
                TuningTrialTable.Delete(session, name);
                return also(session);
            },
            cancellation
        );
    }

    private static StatusException Missing(string name) => StatusException.NotFound($"HyperparameterTuningJob '{name}' does not exist.");
}
