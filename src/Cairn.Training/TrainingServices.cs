using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Work;
using Cairn.Training.Inputs;
using Cairn.Training.Pipelines;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Training;

/// <summary>Puts training pipelines into a server.</summary>
public static class TrainingServices
{
    public static IServiceCollection AddTraining(this IServiceCollection services) =>
        services
            .AddSingleton(TrainingTable.Migrations)
            .AddSingleton(ExportTable.Migrations)
            .AddSingleton<PipelineExport>()
            .AddSingleton<IWorker, DatasetExporter>()
            .AddSingleton<ICustomJobObserver, TrainingProgress>()
            .AddSingleton<IWorker, ModelUploader>()
            .AddSingleton<IRpcService, PipelineService>();
}
