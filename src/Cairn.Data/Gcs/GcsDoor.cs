using Cairn.Data.Gcs.Batch;
using Cairn.Kernel.Http;

namespace Cairn.Data.Gcs;

/// <summary>Cloud Storage's JSON API v1, as its clients use it.</summary>
public sealed class GcsDoor(IEnumerable<IGcsHandlers> handlers) : IDoor
{
    public void Map(IRoutes routes)
    {
        var gcs = new GcsRoutes(routes);
        foreach (var part in handlers)
        {
            part.Map(gcs);
        }

        new BatchHandler(gcs.Batchable).Map(gcs);
    }
}
