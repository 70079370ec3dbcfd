using Cairn.Cli.Api;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>Event files do not say that their training has ended: what is uploaded once, and not followed, has.</summary>
internal sealed class UploadedRuns(CairnClient client)
{
    private const string StateKey = "_state";

    /// <summary>Ends those runs that are still said to be running. A run that is gone by now is left alone.</summary>
    /// <param name="runs">Resource names of runs.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task FinishAsync(IEnumerable<string> runs, CancellationToken cancellation)
    {
        foreach (var run in runs)
        {
            // projects/P/locations/L/tensorboards/T/experiments/E/runs/R
            var parts = run.Split('/');
            var name = $"{string.Join('/', parts[..4])}/metadataStores/default/contexts/{parts[7]}-{parts[9]}";
            try
            {
                var context = await client.GetAsync<Context>($"/v1/{name}", cancellation);
                if (context.Metadata?.Fields.GetValueOrDefault(StateKey)?.StringValue == "RUNNING")
                {
                    context.Metadata.Fields[StateKey] = Value.ForString("COMPLETE");
                    await client.PatchAsync<Context>(
                        $"/v1/{name}",
                        new Context { Name = name, Metadata = context.Metadata },
                        ["metadata"],
                        cancellation
                    );
                }
            }
            catch (ApiException error) when (error.Status == "NOT_FOUND") { }
        }
    }
}
