using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Training.Pipelines;

/// <summary>
/// Registers what trainings have made. The model and the pipeline's end are one transaction: a server that dies between has done neither, and the next one
/// does both once.
/// </summary>
internal sealed partial class ModelUploader(
    IDatabase database, IResourceStore store, ModelUploads uploads, ILeases leases, ServerEnvironment server, TimeProvider time, ILogger<ModelUploader> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await PassAsync(await database.ReadAsync(TrainingTable.Uploading, stoppingToken).ConfigureAwait(false), stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.NotListed(logger, error);
            }
        }
    }

    /// <summary>Registers the models of trainings; one that fails stops none of the others, and is tried again in the next pass.</summary>
    private async Task PassAsync(IEnumerable<string> pipelines, CancellationToken cancellation)
    {
        foreach (var pipeline in pipelines)
        {
            try
            {
                await UploadAsync(pipeline, cancellation).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, pipeline, error);
            }
        }
    }

    private async Task UploadAsync(string name, CancellationToken cancellation)
    {
        var lease = "training-upload/" + name;
        if (!await leases.TryAcquireAsync(lease, server.ServerId, Lease, cancellation).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            var pipeline = await store.GetAsync<TrainingPipeline>(TrainingPipelines.Kind, name, cancellation).ConfigureAwait(false);
            var caller = new CallContext { Caller = new Principal("server", ["*"], TrainingPipelineName.Parse(name).Project), Cancellation = cancellation };
            var upload = await uploads.PrepareAsync(TrainedModel.Request(pipeline), caller).ConfigureAwait(false);
            await EndAsync(
                name,
                (session, ended) =>
                {
                    var (model, version) = uploads.Add(session, upload);
                    ended.ModelToUpload.Name = model;
                    ended.ModelToUpload.VersionId = version;
                    ended.State = PipelineState.Succeeded;
                },
                cancellation).ConfigureAwait(false);
        }
        catch (StatusException error)
        {
            await EndAsync(
                name,
                (_, ended) =>
                {
                    ended.State = PipelineState.Failed;
                    ended.Error = new Google.Rpc.Status { Code = (int)error.Code, Message = $"The training succeeded, and its model could not be registered: {error.Message}" };
                },
                cancellation).ConfigureAwait(false);
        }
        finally
        {
            await leases.ReleaseAsync(lease, server.ServerId, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the pipeline, unless that has happened while its files were looked through.</summary>
    private Task EndAsync(string name, Action<ISqlSession, TrainingPipeline> end, CancellationToken cancellation) => store.WriteAsync(
        session =>
        {
            if (!TrainingTable.IsUploading(session, name) || store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name) is not { } pipeline)
            {
                return false;
            }

            end(session, pipeline);
            pipeline.EndTime = time.GetUtcNow().ToTimestamp();
            store.Update(session, TrainingPipelines.Kind, pipeline);
            TrainingTable.SetUploading(session, name, false);
            return true;
        },
        cancellation);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The model of {Pipeline} could not be registered this time; the others go on.")]
        public static partial void Failed(ILogger logger, string pipeline, Exception error);

        [LoggerMessage(2, LogLevel.Error, "The trainings whose models are to be registered could not be listed this time.")]
        public static partial void NotListed(ILogger logger, Exception error);
    }
}
