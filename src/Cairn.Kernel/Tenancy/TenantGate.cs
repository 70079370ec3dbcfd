using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Google.Protobuf;

namespace Cairn.Kernel.Tenancy;

/// <summary><see cref="ITenantGate"/>: names say whose they are, and of buckets the store knows it.</summary>
public sealed class TenantGate(IBucketOwners buckets) : ITenantGate
{
    public ValueTask CheckAsync(IMessage request, CallContext context) =>
        context.Caller.Project is { } own ? CheckAsync(request, own, context) : ValueTask.CompletedTask;

    public async ValueTask RequireAsync(string? project, string reference, string field, CancellationToken cancellation = default)
    {
        if (project is not null && !await MayUseAsync(project, reference, cancellation))
        {
            throw StatusException.PermissionDenied($"`{field}` is '{reference}', which is not of the project '{project}'.");
        }
    }

    public async Task<bool> OwnsAsync(string project, string bucket, CancellationToken cancellation = default) =>
        await buckets.OwnerAsync(bucket, cancellation) == project;

    private async ValueTask CheckAsync(IMessage request, string own, CallContext context)
    {
        foreach (var (field, value) in RequestReferences.Of(request))
        {
            if (!await MayUseAsync(own, value, context.Cancellation))
            {
                throw StatusException.PermissionDenied(
                    $"'{context.Caller.Name}' is limited to project '{own}' and may not touch '{value}' (`{field}`)."
                );
            }
        }
    }

    private async ValueTask<bool> MayUseAsync(string project, string reference, CancellationToken cancellation) =>
        Reference.Parse(reference) switch
        {
            { Project: { } named } => named == project,
            { Bucket: { } bucket } => await buckets.OwnerAsync(bucket, cancellation) is not { } owner || owner == project,
            _ => true,
        };
}
