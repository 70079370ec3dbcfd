using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Nodes;

/// <summary>
/// Purges: a page of matches at a time is deleted in one transaction. After a crash the operation goes on with what is left; its count is
/// then of what the last start deleted.
/// </summary>
public sealed class NodePurge(
    IResourceStore store,
    IOperations operations,
    Artifacts artifacts,
    Executions executions,
    Contexts contexts,
    TimeProvider time
) : IOperationHandler
{
    private const int PageSize = 500;
    private const int MaxSample = 100;

    public string Name => "metadata.purge";

    public async Task<Operation> StartAsync(
        string parent,
        string filter,
        IMessage request,
        Func<GenericOperationMetadata, IMessage> metadata,
        CancellationToken cancellation
    )
    {
        var within = StoreName.Parse(parent, "parent");
        if (string.IsNullOrWhiteSpace(filter))
        {
            throw StatusException.InvalidArgument(
                "`filter` is missing; it says what is purged: update_time <= \"2026-01-31T00:00:00Z\". For all, delete the store."
            );
        }

        var now = time.GetUtcNow().ToTimestamp();
        return await store.WriteAsync(
            session =>
                operations.Enqueue(
                    session,
                    within.Parent,
                    Name,
                    request,
                    metadata(new GenericOperationMetadata { CreateTime = now, UpdateTime = now })
                ),
            cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        if (request.TryUnpack<PurgeArtifactsRequest>(out var ofArtifacts))
        {
            var (count, sample) = await PurgeAsync(artifacts, ofArtifacts.Parent, ofArtifacts.Filter, ofArtifacts.Force, cancellation);
            return new PurgeArtifactsResponse { PurgeCount = count, PurgeSample = { sample } };
        }

        if (request.TryUnpack<PurgeExecutionsRequest>(out var ofExecutions))
        {
            var (count, sample) = await PurgeAsync(executions, ofExecutions.Parent, ofExecutions.Filter, ofExecutions.Force, cancellation);
            return new PurgeExecutionsResponse { PurgeCount = count, PurgeSample = { sample } };
        }

        var ofContexts = request.Unpack<PurgeContextsRequest>();
        var (contextCount, contextSample) = await PurgeAsync(
            contexts,
            ofContexts.Parent,
            ofContexts.Filter,
            ofContexts.Force,
            cancellation
        );
        return new PurgeContextsResponse { PurgeCount = contextCount, PurgeSample = { contextSample } };
    }

    private async Task<(long Count, List<string> Sample)> PurgeAsync<T>(
        NodeCollection<T> nodes,
        string parent,
        string filter,
        bool force,
        CancellationToken cancellation
    )
        where T : class, IMessage<T>
    {
        var count = 0L;
        var sample = new List<string>();
        var token = "";
        do
        {
            var page = await store.ListAsync<T>(nodes.Kind, new ListQuery(parent, filter, "", PageSize, token), cancellation);
            var names = page.Items.Select(static node => NodeFields.Of(node).Name(node)).ToList();
            count += names.Count;
            token = page.NextPageToken;
            if (!force)
            {
                sample.AddRange(names.Take(MaxSample - sample.Count));
            }
            else if (names.Count > 0)
            {
                await store.WriteAsync(
                    session =>
                    {
                        // What has changed since it was listed, and matches no longer, stays.
                        var still = store.Match(session, nodes.Kind, names, filter);
                        names
                            .FindAll(still.Contains)
                            .ForEach(name => nodes.Remove(session, NodeName.Parse(name, nodes.Kind.Collection, "name")));
                        return true;
                    },
                    cancellation
                );
            }
        } while (token.Length > 0);
        return (count, sample);
    }
}
