using Cairn.Data.Blobs.S3;
using Cairn.Data.Buckets;
using Cairn.Data.Cors;
using Cairn.Data.Gcs;
using Cairn.Data.Lifecycle;
using Cairn.Data.Objects;
using Cairn.Data.Retention;
using Cairn.Data.SoftDelete;
using Cairn.Data.Sweep;
using Cairn.Data.Uploads;
using Cairn.Data.Views;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Http;
using Cairn.Kernel.Tenancy;
using Cairn.Kernel.Time;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Data;

/// <summary>Buckets, objects, and the door to them.</summary>
public static class DataServices
{
    /// <summary>
    /// Needs <see cref="IDatabase"/>, <see cref="ServerEnvironment"/>, <see cref="TimeProvider"/> and <see cref="IIdSource"/> in the
    /// container.
    /// </summary>
    /// <param name="objects">Where blobs are: a directory, <c>s3://bucket/prefix?endpoint=…</c>, or null for <c>objects/</c> in the data
    /// directory.</param>
    public static IServiceCollection AddData(this IServiceCollection services, string? objects = null)
    {
        services.AddSingleton(DataMigrations.Set);
        services.TryAddSingleton<IBlobStore>(provider => OpenBlobs(provider, objects));
        services.AddSingleton(provider => new BucketView(
            provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<IBlobStore>(),
            ViewRoot(provider),
            provider.GetRequiredService<ILogger<BucketView>>()
        ));
        services.AddSingleton<IBucketView>(provider => provider.GetRequiredService<BucketView>());
        services.AddSingleton<ObjectCommits>();
        services.AddSingleton<ContentStager>();
        services.AddSingleton<BucketStore>();
        services.AddSingleton<ObjectStore>();
        services.AddSingleton<ObjectLister>();
        services.AddSingleton<ObjectCopier>();
        services.AddSingleton<UploadTurns>();
        services.AddSingleton<ResumableUploads>();
        services.AddSingleton<IObjects, ObjectsService>();
        services.AddSingleton<DeletedObjects>();
        services.AddSingleton<DeletedBuckets>();
        services.AddSingleton<UploadSweep>();
        services.AddSingleton<LifecycleSweep>();
        services.AddStoreChore<BucketSweep>();
        services.AddSingleton<IBucketOwners, BucketOwners>();
        services.AddSingleton<ITenantGate, TenantGate>();
        services.AddSingleton(ProjectBuckets.Migrations);
        services.AddSingleton<ProjectBuckets>();
        AddDoor(services);
        services.AddStoreChore<GarbageCollector>();
        services.AddSingleton<IHostedService>(provider => new BucketViewReconciler(
            provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<IBlobStore>(),
            provider.GetRequiredService<BucketView>(),
            ViewRoot(provider),
            provider.GetRequiredService<ILogger<BucketViewReconciler>>()
        ));
        return services;
    }

    private static void AddDoor(IServiceCollection services)
    {
        services.AddSingleton<GcsAccess>();
        services.AddSingleton<ICrossOrigin, BucketCors>();
        services.AddSingleton<MediaResponse>();
        services.AddSingleton<ResumableHandlers>();
        services.AddSingleton<CommandHandlers>();
        services.AddSingleton<IGcsHandlers, BucketHandlers>();
        services.AddSingleton<IGcsHandlers, PolicyHandlers>();
        services.AddSingleton<IGcsHandlers, AccessListHandlers>();
        services.AddSingleton<IGcsHandlers, RetentionHandlers>();
        services.AddSingleton<DeletedBucketHandlers>();
        services.AddSingleton<IGcsHandlers>(provider => provider.GetRequiredService<DeletedBucketHandlers>());
        services.AddSingleton<DeletedObjectHandlers>();
        services.AddSingleton<IGcsHandlers>(provider => provider.GetRequiredService<DeletedObjectHandlers>());
        services.AddSingleton<IGcsHandlers, ObjectHandlers>();
        services.AddSingleton<IGcsHandlers, CopyHandlers>();
        services.AddSingleton<IGcsHandlers, UploadHandlers>();
        services.AddSingleton<IGcsHandlers, ProjectHandlers>();
        services.AddSingleton<IGcsHandlers, XmlMediaHandlers>();
        services.AddSingleton<IDoor, GcsDoor>();
    }

    private static IBlobStore OpenBlobs(IServiceProvider provider, string? objects)
    {
        var ids = provider.GetRequiredService<IIdSource>();
        var time = provider.GetRequiredService<TimeProvider>();
        if (objects is not null && S3Address.IsOne(objects))
        {
            var address = S3Address.Parse(objects);
            return new S3BlobStore(S3Clients.Create(address), address, ids, time);
        }

        var directory = objects ?? Path.Combine(provider.GetRequiredService<ServerEnvironment>().DataDirectory, "objects");
        return new DiskBlobStore(directory, ids, time);
    }

    private static string ViewRoot(IServiceProvider provider)
    {
        var root = Path.Combine(provider.GetRequiredService<ServerEnvironment>().DataDirectory, "gcs-view");
        Directory.CreateDirectory(root);
        return root;
    }
}
