using Cairn.Classic.Models;
using Cairn.Classic.Names;
using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Tuning;
using Cairn.TuningJobs;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.ML.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Job = Google.Cloud.ML.V1.Job;

namespace Cairn.Classic.Jobs;

/// <summary>
/// AI Platform's <c>JobService</c>: trainings. Each is a custom job or a tuning job, seen from here by the ID that its caller chose.
/// </summary>
internal sealed class JobService(IResourceStore store, IDatabase database, ICustomJobs jobs, IHyperparameterTuningJobs tunings)
    : IRpcService
{
    private const string DefaultRegion = "us-central1";

    public ServiceDescriptor Descriptor =>
        Google.Cloud.ML.V1.JobServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("JobService");

    [Permission("ml.jobs.create")]
    public async Task<Job> CreateJob(CreateJobRequest request, CallContext context)
    {
        var parent = request.Parent;
        ProjectName.Parse(parent, "parent");
        context.RequireProject(parent);
        var job = Fresh(request.Job, parent);
        var created = job.TrainingInput.Hyperparameters is null
            ? await TrainAsync(job, parent, context)
            : await TuneAsync(job, parent, context);
        return (await ShownAsync([created], context.Cancellation))[0];
    }

    [Permission("ml.jobs.list")]
    public async Task<ListJobsResponse> ListJobs(ListJobsRequest request, CallContext context)
    {
        ProjectName.Parse(request.Parent, "parent");
        context.RequireProject(request.Parent);
        var page = await store.ListAsync<Job>(
            ClassicKinds.Job,
            new ListQuery(request.Parent, request.Filter, "create_time desc", request.PageSize, request.PageToken),
            context.Cancellation
        );
        return new ListJobsResponse { Jobs = { await ShownAsync(page.Items, context.Cancellation) }, NextPageToken = page.NextPageToken };
    }

    [Permission("ml.jobs.get")]
    public async Task<Job> GetJob(GetJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = JobName.Parse(request.Name);
        var job = await store.FindAsync<Job>(ClassicKinds.Job, name.ToString(), context.Cancellation) ?? throw Missing(name);
        return (await ShownAsync([job], context.Cancellation))[0];
    }

    /// <summary>Changes the labels.</summary>
    [Permission("ml.jobs.update")]
    public async Task<Job> UpdateJob(UpdateJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = JobName.Parse(request.Name);
        Cairn.Models.Names.ResourceId.RequireLabels("job.labels", request.Job.Labels);
        Changes.RequireOnly(request.UpdateMask, "labels");
        var updated = await store.WriteAsync(
            session =>
            {
                var job = store.Find<Job>(session, ClassicKinds.Job, name.ToString()) ?? throw Missing(name);
                var changed = FieldMasks.Apply(job, request.Job, request.UpdateMask ?? new FieldMask { Paths = { "labels" } });
                changed.Etag = request.Job.Etag;
                return store.Update(session, ClassicKinds.Job, changed);
            },
            context.Cancellation
        );
        return (await ShownAsync([updated], context.Cancellation))[0];
    }

    /// <summary>Asks a job to end; one that has ended stays as it is.</summary>
    [Permission("ml.jobs.cancel")]
    public async Task<Empty> CancelJob(CancelJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = JobName.Parse(request.Name);
        await store.WriteAsync(
            session =>
            {
                var backing = ClassicJobTable.Backing(session, name.ToString()) ?? throw Missing(name);
                if (IsTuning(backing))
                {
                    tunings.Cancel(session, backing);
                }
                else
                {
                    jobs.Cancel(session, backing);
                }

                return true;
            },
            context.Cancellation
        );
        return new Empty();
    }

    private async Task<Job> TrainAsync(Job job, string parent, CallContext context)
    {
        var input = job.TrainingInput;
        var custom = new CustomJob
        {
            DisplayName = job.JobId,
            JobSpec = TrainingSpec.Of(input, input.JobDir),
            Labels = { job.Labels },
        };
        var prepared = await jobs.PrepareAsync($"{parent}/locations/{Region(input)}", custom, context.Cancellation);
        return await store.WriteAsync(
            session =>
            {
                var stored = Insert(session, job, prepared.Job.Name);
                jobs.Create(session, prepared, context.Caller);
                return stored;
            },
            context.Cancellation
        );
    }

    private async Task<Job> TuneAsync(Job job, string parent, CallContext context)
    {
        var tuning = TuningSpec.Of(job);
        var options = new StudyOptions
        {
            Predecessors = await PredecessorsAsync(job.TrainingInput.Hyperparameters.ResumePreviousJobId, parent, context.Cancellation),
        };
        var prepared = await tunings.PrepareAsync($"{parent}/locations/{Region(job.TrainingInput)}", tuning, options, context.Cancellation);
        return await store.WriteAsync(
            session =>
            {
                var stored = Insert(session, job, prepared.Job.Name);
                tunings.Create(session, prepared, context.Caller);
                return stored;
            },
            context.Cancellation
        );
    }

    /// <summary>The study of an earlier job, which a new one learns from.</summary>
    private async Task<IReadOnlyList<string>> PredecessorsAsync(string previous, string parent, CancellationToken cancellation)
    {
        if (previous.Length == 0)
        {
            return [];
        }

        var study = await database.ReadAsync(
            session =>
                ClassicJobTable.Backing(session, $"{parent}/jobs/{previous}") is { } backing ? tunings.StudyOf(session, backing) : null,
            cancellation
        );
        return study is not null
            ? [study]
            : throw StatusException.NotFound(
                $"`training_input.hyperparameters.resume_previous_job_id` is '{previous}', and there is no tuning job of that ID with trials in '{parent}'."
            );
    }

    private Job Insert(ISqlSession session, Job job, string backing)
    {
        // First, so that a name that is taken is what is refused; and before the job behind it, whose observers look for it.
        var stored = store.Insert(session, ClassicKinds.Job, job);
        ClassicJobTable.Insert(session, job.Name, backing);
        return stored;
    }

    private static bool IsTuning(string backing) => backing.Contains("/hyperparameterTuningJobs/", StringComparison.Ordinal);

    private static Job Fresh(Job given, string parent)
    {
        if (given.PredictionInput is not null)
        {
            throw StatusException.Unimplemented("`job.prediction_input` is given; batch prediction by this API is not there yet.");
        }

        return new Job
        {
            Name = $"{parent}/jobs/{ChosenId.Require(given.JobId, "job.job_id")}",
            JobId = given.JobId,
            TrainingInput =
                given.TrainingInput?.Clone()
                ?? throw StatusException.InvalidArgument("`job.training_input` is missing; it says what is trained."),
            TrainingOutput = new TrainingOutput(),
            State = Job.Types.State.Queued,
            Labels = { given.Labels },
        };
    }

    private static string Region(TrainingInput input) => input.Region.Length > 0 ? input.Region : DefaultRegion;

    /// <summary>
    /// Jobs as they are answered with: with what a tuning has come to, and without the name, which the API does not have.
    /// </summary>
    private Task<List<Job>> ShownAsync(IReadOnlyList<Job> stored, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                foreach (var job in stored)
                {
                    if (job.TrainingInput.Hyperparameters is not null)
                    {
                        job.TrainingOutput = ClassicJobTable.Backing(session, job.Name) is { } backing
                            ? TuningOutput.Of(job.TrainingInput, tunings.Find(session, backing), tunings.StoppedEarly(session, backing))
                            : TuningOutput.Of(job.TrainingInput, null, new HashSet<string>());
                    }

                    job.Name = "";
                }

                return stored.ToList();
            },
            cancellation
        );

    private static StatusException Missing(JobName name) =>
        StatusException.NotFound($"There is no job '{name.Id}' in project '{name.Project}'.");
}
