using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Kernel.Work.Chores;

/// <summary>Puts chores into a server.</summary>
public static class ChoreServices
{
    /// <summary>
    /// A chore that one of the servers of a store does at a time: an item of durable work, whose lease makes that server the one, and whose
    /// next run is stored. Each run costs two small writes, so it is for what is due once a minute or less often.
    /// </summary>
    public static IServiceCollection AddStoreChore<T>(this IServiceCollection services)
        where T : class, IChore =>
        services.AddSingleton<T>().AddSingleton<IWorker>(static provider => new StoreChore(provider.GetRequiredService<T>()));

    /// <summary>A chore of each server: for what is the server's own, or costs nothing where there is nothing to do.</summary>
    public static IServiceCollection AddServerChore<T>(this IServiceCollection services)
        where T : class, IChore =>
        services.AddSingleton<T>().AddSingleton(static provider => new ServerChore(provider.GetRequiredService<T>()));
}
