using Cairn.Classic.Models;
using Cairn.Classic.Names;
using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.ML.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Job = Google.Cloud.ML.V1.Job;

namespace Cairn.Classic.Jobs;

/// <summary>AI Platform's <c>JobService</c>: trainings. Each is a custom job, seen from here by the ID that its caller chose.</summary>
internal sealed class JobService(IResourceStore store, ICustomJobs jobs) : IRpcService
{
    private const string DefaultRegion = "us-central1";

    public ServiceDescriptor Descriptor => Google.Cloud.ML.V1.JobServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("JobService");

    [Permission("ml.jobs.create")]
    public async Task<Job> CreateJob(CreateJobRequest request, CallContext context)
    {
        var parent = ProjectName.Require(request.Parent);
        context.RequireProject(parent);
        var job = Fresh(request.Job, parent);
        var input = job.TrainingInput;
        if (input.Hyperparameters is not null)
        {
            throw StatusException.Unimplemented("`training_input.hyperparameters` is given; tuning by this API is not there yet. Use `gcloud ai hp-tuning-jobs`.");
        }

        var custom = new CustomJob { DisplayName = job.JobId, JobSpec = TrainingSpec.Of(input, input.JobDir), Labels = { job.Labels } };
        var prepared = await jobs.PrepareAsync($"{parent}/locations/{Region(input)}", custom, context.Cancellation).ConfigureAwait(false);
        var created = await store.WriteAsync(
            session =>
            {
                var stored = store.Insert(session, ClassicKinds.Job, job);
                ClassicJobTable.Insert(session, job.Name, prepared.Job.Name);
                jobs.Create(session, prepared, context.Caller);
                return stored;
            },
            context.Cancellation).ConfigureAwait(false);
        jobs.Wake();
        return Shown(created);
    }

    [Permission("ml.jobs.list")]
    public async Task<ListJobsResponse> ListJobs(ListJobsRequest request, CallContext context)
    {
        context.RequireProject(ProjectName.Require(request.Parent));
        var page = await store.ListAsync<Job>(ClassicKinds.Job, new ListQuery(request.Parent, request.Filter, "create_time desc", request.PageSize, request.PageToken), context.Cancellation).ConfigureAwait(false);
        return new ListJobsResponse { Jobs = { page.Items.Select(Shown) }, NextPageToken = page.NextPageToken };
    }

    [Permission("ml.jobs.get")]
    public async Task<Job> GetJob(GetJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = JobName.Parse(request.Name);
        return Shown(await store.FindAsync<Job>(ClassicKinds.Job, name.ToString(), context.Cancellation).ConfigureAwait(false) ?? throw Missing(name));
    }

    /// <summary>Changes the labels.</summary>
    [Permission("ml.jobs.update")]
    public async Task<Job> UpdateJob(UpdateJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = JobName.Parse(request.Name);
        Cairn.Models.Names.ResourceId.RequireLabels("job.labels", request.Job.Labels);
        Changes.RequireOnly(request.UpdateMask, "labels");
        return Shown(await store.WriteAsync(
            session =>
            {
                var job = store.Find<Job>(session, ClassicKinds.Job, name.ToString()) ?? throw Missing(name);
                var changed = FieldMasks.Apply(job, request.Job, request.UpdateMask ?? new FieldMask { Paths = { "labels" } });
                changed.Etag = request.Job.Etag;
                return store.Update(session, ClassicKinds.Job, changed);
            },
            context.Cancellation).ConfigureAwait(false));
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
                jobs.Cancel(session, ClassicJobTable.Backing(session, name.ToString()) ?? throw Missing(name));
                return true;
            },
            context.Cancellation).ConfigureAwait(false);
        jobs.Wake();
        return new Empty();
    }

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
            TrainingInput = given.TrainingInput?.Clone() ?? throw StatusException.InvalidArgument("`job.training_input` is missing; it says what is trained."),
            TrainingOutput = new TrainingOutput(),
            State = Job.Types.State.Queued,
            Labels = { given.Labels },
        };
    }

    private static string Region(TrainingInput input) => input.Region.Length > 0 ? input.Region : DefaultRegion;

    /// <summary>The name is how the server stores it; the API has none.</summary>
    private static Job Shown(Job job)
    {
        job.Name = "";
        return job;
    }

    private static StatusException Missing(JobName name) => StatusException.NotFound($"There is no job '{name.Id}' in project '{name.Project}'.");
}
