using Cairn.Data;
using Cairn.Data.Objects;
using Cairn.Datasets;
using Cairn.Datasets.Exports;
using Cairn.Datasets.Names;
using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Training.Pipelines;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Training.Inputs;

/// <summary>
/// Exports the data of one pipeline and starts its job. The files' bytes come first; then one transaction makes them objects, creates the
/// job, and takes the pipeline out of the line. A server that dies before has done nothing that anyone sees; one that dies after has done
/// all of it.
/// </summary>
internal sealed class PipelineExport(
    IDatabase database,
    IResourceStore store,
    DatasetExports exports,
    DatasetLineage lineage,
    ObjectCommits commits,
    ICustomJobs jobs,
    IWork work,
    TimeProvider time
)
{
    /// <exception cref="Kernel.Errors.StatusException">What is wrong with the data, or with the job.</exception>
    public async Task RunAsync(WorkItem item, CancellationToken cancellation)
    {
        var name = item.Key;
        var parent = TrainingPipelineName.Parse(name).Parent;
        if (await database.ReadAsync(session => ExportTable.Find(session, name), cancellation) is not { } row)
        {
            return;
        }

        var pipeline = await store.GetAsync<TrainingPipeline>(TrainingPipelines.Kind, name, cancellation);
        var export = await exports.StageAsync(
            Id(name),
            pipeline.InputDataConfig,
            parent,
            GsUri.Parse(row.Directory, "directory"),
            cancellation
        );
        var spec = CustomTask.Read(pipeline);
        InputVariables.Add(spec, export);
        var job = await jobs.PrepareAsync(parent, TrainingJob.Of(pipeline, spec), cancellation);
        if (!await commits.WriteAsync(transaction => Start(transaction, item, row.Creator, export, job), cancellation))
        {
            await ForgetAsync(name, CancellationToken.None);
        }
    }

    /// <summary>
    /// Deletes what has been staged for a pipeline that no longer waits for it. One that does is another server's now, or this one's when
    /// it runs again.
    /// </summary>
    public async Task ForgetAsync(string name, CancellationToken cancellation)
    {
        if (await database.ReadAsync(session => ExportTable.Find(session, name), cancellation) is null)
        {
            await exports.DiscardAsync(Id(name), cancellation);
        }
    }

    /// <summary>Ends a pipeline whose data cannot be exported, unless it has ended meanwhile.</summary>
    public async Task FailAsync(WorkItem item, Google.Rpc.Code code, string reason, CancellationToken cancellation)
    {
        var name = item.Key;
        await store.WriteAsync(
            session =>
            {
                work.Require(session, item);
                work.Remove(session, item.Kind, name);
                if (
                    !ExportTable.Delete(session, name)
                    || store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name) is not { } pipeline
                )
                {
                    return false;
                }

                pipeline.State = PipelineState.Failed;
                pipeline.Error = new Google.Rpc.Status { Code = (int)code, Message = reason };
                pipeline.EndTime = time.GetUtcNow().ToTimestamp();
                store.Update(session, TrainingPipelines.Kind, pipeline);
                return true;
            },
            cancellation
        );
        await exports.DiscardAsync(Id(name), cancellation);
    }

    private bool Start(ObjectTransaction transaction, WorkItem item, string creator, StagedExport export, PreparedJob job)
    {
        var (session, name) = (transaction.Session, item.Key);
        if (
            !export.IsOwn(session)
            || !ExportTable.Delete(session, name)
            || store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name) is not { } pipeline
        )
        {
            return false;
        }

        work.Require(session, item);
        work.Remove(session, item.Kind, name);
        export.Publish(transaction);
        var created = jobs.Create(session, job, new Principal(creator, []));
        TrainingTable.Insert(session, created.Name, name);
        lineage.Read(session, CustomJobNode.Of(created.Name), Dataset(pipeline));
        TrainingJob.Name(pipeline, created.Name);
        InputCounts.Write(pipeline, InputCounts.Of(export));
        store.Update(session, TrainingPipelines.Kind, pipeline);
        return true;
    }

    private static DatasetName Dataset(TrainingPipeline pipeline) =>
        DatasetName.Parse(
            pipeline.InputDataConfig.DatasetId.Contains('/', StringComparison.Ordinal)
                ? pipeline.InputDataConfig.DatasetId
                : $"{TrainingPipelineName.Parse(pipeline.Name).Parent}/datasets/{pipeline.InputDataConfig.DatasetId}",
            "dataset_id"
        );

    private static string Id(string name) => "training/" + name;
}
