using Cairn.Cli.Api;
using Cairn.Tensorboards.Names;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>Finds tensorboards and experiments, and makes those that are missing.</summary>
internal sealed class Boards(CairnClient client, string parent)
{
    public async Task<Tensorboard> DefaultAsync(CancellationToken cancellation)
    {
        var found = await client.GetAsync<ListTensorboardsResponse>($"/v1/{parent}/tensorboards?filter=is_default%3Dtrue", cancellation);
        if (found.Tensorboards is [var tensorboard, ..])
        {
            return tensorboard;
        }

        var operation = await client.PostAsync<Operation>(
            $"/v1/{parent}/tensorboards",
            new Tensorboard { DisplayName = "Default", IsDefault = true },
            cancellation
        );
        return await client.ResultAsync<Tensorboard>(operation, cancellation);
    }

    /// <summary>The experiment of a name that people see.</summary>
    public Task<TensorboardExperiment> ExperimentAsync(string tensorboard, string name, CancellationToken cancellation)
    {
        var id = ResourceIds.FromName(name);
        return client.GetOrCreateAsync<TensorboardExperiment>(
            $"/v1/{tensorboard}/experiments/{id}",
            $"/v1/{tensorboard}/experiments?tensorboardExperimentId={id}",
            new TensorboardExperiment { DisplayName = name, Source = "cairn" },
            cancellation
        );
    }
}
