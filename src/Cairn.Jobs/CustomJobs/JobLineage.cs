using Cairn.Jobs.Agent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Metadata;
using Cairn.Metadata.Lineage;
using Cairn.Metadata.Names;
using Cairn.Tensorboards.Jobs;
using Cairn.Tracking.Runs.Jobs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using State = Google.Cloud.AIPlatform.V1.Execution.Types.State;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Jobs.CustomJobs;

/// <summary>
/// A custom job in the lineage graph: an execution <c>custom-job-{id}</c> with the job's state, in the context of the experiment run (or
/// experiment) that the job names. It reads those artifacts of the store whose address its command names; when it has succeeded, it has
/// made the folder of its outputs.
/// </summary>
/// <param name="lineages">The graph, or none where the server keeps none.</param>
/// <param name="runs">The run that the job is.</param>
/// <param name="logs">Who reads the event files that the job writes.</param>
/// <param name="observers">Who goes on from here: what a job is a part of.</param>
internal sealed class JobLineage(
    IEnumerable<ILineage> lineages,
    IEnumerable<IJobRuns> runs,
    IEnumerable<IJobLogs> logs,
    IEnumerable<ICustomJobObserver> observers
)
{
    private const int MaxInputs = 64;

    /// <summary>The label of a job that names its run: MLflow's id of it.</summary>
    public const string RunLabel = "cairn-run";

    /// <summary>The label of a job that its objective stopped: <c>step-</c> and the last epoch or iteration, or <c>true</c>.</summary>
    public const string EarlyStopLabel = "cairn-early-stop";

    /// <summary>Makes the job's run, and says in the job which it is; called in the transaction that stores the job.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="job">The job with its name, not yet stored.</param>
    /// <param name="submitter">Who submits it.</param>
    public void Create(ISqlSession session, CustomJob job, Principal submitter)
    {
        job.Labels.Remove(RunLabel);
        foreach (var own in runs)
        {
            own.Created(
                session,
                job,
                submitter == Principal.Anonymous ? "" : submitter.Name[(submitter.Name.IndexOf(':', StringComparison.Ordinal) + 1)..]
            );
            if (own.Find(session, job) is { } found)
            {
                job.Labels[RunLabel] = found.Run.Uuid;
            }
        }

        Write(session, job);
    }

    /// <summary>Says in a job that has succeeded whether its objective stopped it, and where; called before it is stored.</summary>
    public void TellEarlyStop(ISqlSession session, CustomJob job)
    {
        if (
            job.State == JobState.Succeeded
            && runs.Select(own => own.EarlyStop(session, job)).FirstOrDefault(static stop => stop is not null) is { } stop
        )
        {
            job.Labels[EarlyStopLabel] = stop.Step is { } step
                ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"step-{step}")
                : "true";
        }
    }

    /// <summary>Writes what the job is now, in the transaction that stores it.</summary>
    public void Write(ISqlSession session, CustomJob job)
    {
        foreach (var own in runs)
        {
            own.Changed(session, job);
        }

        foreach (var follower in logs)
        {
            follower.Changed(session, job);
        }

        var name = CustomJobName.Parse(job.Name);
        var store = StoreName.Default(name.Project, name.Location);
        var execution = CustomJobNode.Of(job.Name);
        foreach (var lineage in lineages)
        {
            lineage.Put(session, execution, Execution(job));
            if (job.State == JobState.Queued)
            {
                Join(session, lineage, job, execution);
                if (InitialWeights.Of(job.JobSpec) is { } weights)
                {
                    lineage.Read(session, execution, lineage.Files(session, store, weights, SchemaTitles.Artifact));
                }

                foreach (var input in Mentioned(job).Take(MaxInputs))
                {
                    if (
                        (
                            lineage.FindByUri(session, store, input)
                            ?? lineage.FindByUri(session, store, input.EndsWith('/') ? input.TrimEnd('/') : input + "/")
                        ) is
                        { } artifact
                    )
                    {
                        lineage.Read(session, execution, artifact);
                    }
                }
            }

            if (job.State == JobState.Succeeded && Output(job) is { Length: > 0 } folder)
            {
                var output = store.Artifact("custom-job-" + name.Id + "-output");
                lineage.Put(
                    session,
                    output,
                    new Artifact
                    {
                        DisplayName = $"{Short(job.DisplayName)} output",
                        Uri = folder,
                        SchemaTitle = SchemaTitles.Artifact,
                        State = Artifact.Types.State.Live,
                    }
                );
                lineage.Made(session, execution, output);
                Join(session, lineage, job, output);
            }
        }

        // Last: what they make of the job's outputs finds these in the graph.
        foreach (var observer in observers)
        {
            observer.Changed(session, job);
        }
    }

    private static Execution Execution(CustomJob job)
    {
        var execution = new Execution
        {
            DisplayName = Characters.Cut(job.DisplayName, 128),
            SchemaTitle = SchemaTitles.CustomJobExecution,
            State = job.State switch
            {
                JobState.Queued or JobState.Pending => State.New,
                JobState.Succeeded => State.Complete,
                JobState.Failed => State.Failed,
                JobState.Cancelled => State.Cancelled,
                _ => State.Running,
            },
            Metadata = new Struct { Fields = { ["resourceName"] = Value.ForString(job.Name) } },
        };
        execution.Metadata.Fields["image"] = Value.ForString(WorkerPools.Image(job.JobSpec.WorkerPoolSpecs[0]));
        if (job.Error is { } error)
        {
            execution.Metadata.Fields["error"] = Value.ForString(error.Message.Length > 4_096 ? error.Message[..4_096] : error.Message);
        }

        return execution;
    }

    private void Join(ISqlSession session, ILineage lineage, CustomJob job, NodeName member)
    {
        var context = job.JobSpec.ExperimentRun;
        if (context.Length == 0 && runs.Select(own => own.Find(session, job)).FirstOrDefault(static found => found is not null) is { } run)
        {
            var name = CustomJobName.Parse(job.Name);
            context = $"{StoreName.Default(name.Project, name.Location)}/contexts/{run.Experiment.Slug}-{run.Run.Slug}";
        }

        if (context.Length > 0)
        {
            lineage.Join(session, context, member);
        }
    }

    /// <summary>The folder that the job writes to, without its last slash.</summary>
    private static string Output(CustomJob job) => job.JobSpec.BaseOutputDirectory?.OutputUriPrefix.TrimEnd('/') ?? "";

    private static IEnumerable<string> Mentioned(CustomJob job)
    {
        var texts = WorkerPools
            .Used(job.JobSpec)
            .SelectMany(static pool =>
                (pool.ContainerSpec?.Command.Concat(pool.ContainerSpec.Args) ?? pool.PythonPackageSpec?.Args ?? []).Concat(
                    WorkerPools.Environment(pool).Select(static variable => variable.Value)
                )
            );
        return MentionedObjects.In(texts).Select(static uri => uri.ToString()).Order(StringComparer.Ordinal);
    }

    private static string Short(string name) => Characters.Cut(name, 100);
}
