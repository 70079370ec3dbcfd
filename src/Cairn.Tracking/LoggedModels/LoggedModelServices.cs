using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Composition of logged models.</summary>
public static class LoggedModelServices
{
    public static IServiceCollection AddLoggedModels(this IServiceCollection services) =>
        services
            .AddSingleton(LoggedModelTables.Migrations)
            .AddSingleton<LoggedModelStore>()
            .AddSingleton<LoggedModelReader>()
            .AddSingleton<LoggedModelSearch>()
            .AddSingleton<IRunObserver, LoggedModelCleanup>();
}
