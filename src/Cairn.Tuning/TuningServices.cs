using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Suggesting;
using Cairn.Tuning.Trials;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tuning;

/// <summary>Composition of studies and trials.</summary>
public static class TuningServices
{
    public static IServiceCollection AddTuning(this IServiceCollection services) =>
        services
            .AddSingleton(TuningSchema.Migrations)
            .AddSingleton<StudyModels>()
            .AddSingleton<StudyCreation>()
            .AddSingleton<StudyDeletion>()
            .AddSingleton<IOperationHandler>(static provider => provider.GetRequiredService<StudyDeletion>())
            .AddSingleton<Suggestions>()
            .AddSingleton<TrialReads>()
            .AddSingleton<TrialWrites>()
            .AddSingleton<EarlyStopping>()
            .AddSingleton<IStudies, Studies>()
            .AddSingleton<IRpcService, VizierService>();
}
