using Cairn.Kernel.Errors;
using Cairn.Kernel.Work;
using Google.Rpc;
using Microsoft.Extensions.Logging;

namespace Cairn.Training.Inputs;

/// <summary>
/// Has the data of pipelines exported, a few at a time: work whose key is the pipeline's name. A pipeline that is cancelled has its work
/// removed, and the export stops.
/// </summary>
internal sealed partial class DatasetExporter(PipelineExport export, ILogger<DatasetExporter> logger) : IWorker
{
    public const string KindName = "training-export";

    /// <summary>Failures in a row that are not the data's (a disk, a database) before the pipeline fails.</summary>
    private const int Patience = 5;

    public WorkKind Kind { get; } = new(KindName, AtOnce: 2);

    public async Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost)
    {
        try
        {
            await export.RunAsync(item, lost);
        }
        catch (Exception) when (lost.IsCancellationRequested)
        {
            // The pipeline was cancelled, or this server stops, or another has it: no failure of the data's.
            await export.ForgetAsync(item.Key, CancellationToken.None);
            throw;
        }
        catch (StatusException error) when (!IsPassing(error))
        {
            await FailAsync(item, error.Code, error.Message);
        }
        catch (Exception error) when (item.Attempt + 1 >= Patience)
        {
            Log.Failed(logger, error, item.Key);
            await FailAsync(
                item,
                (error as StatusException)?.Code ?? Code.Internal,
                (error as StatusException)?.Message ?? "the server failed while it read or wrote; its log says more."
            );
        }

        return WorkStep.Done;
    }

    private Task FailAsync(WorkItem item, Code code, string reason) =>
        export.FailAsync(item, code, $"The data could not be exported: {reason}", CancellationToken.None);

    /// <summary>Whether it may be otherwise in a while.</summary>
    private static bool IsPassing(StatusException error) => error.Code is Code.Aborted or Code.Unavailable or Code.ResourceExhausted;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The data of {Pipeline} could not be exported.")]
        public static partial void Failed(ILogger logger, Exception error, string pipeline);
    }
}
