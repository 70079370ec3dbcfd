using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Rpc;

namespace Cairn.Server.Tests.Work;

/// <summary>An operation that deletes a data set.</summary>
internal sealed class OperationScenario : WorkScenario
{
    public override string Kind => "operation";

    public override string Success => "deleted, 0 left";

    public override string Cancelled => $"{Code.Cancelled}, 0 left";

    public override async Task<string> BeginAsync(WorkHost host, string label)
    {
        var dataset = new Dataset
        {
            DisplayName = label,
            MetadataSchemaUri = "gs://google-cloud-aiplatform/schema/dataset/metadata/text_1.0.0.yaml",
        };
        var created = await host.CallAsync<Operation>(
            "DatasetService",
            new CreateDatasetRequest { Parent = Place(label), Dataset = dataset }
        );
        var name = created.Response.Unpack<Dataset>().Name;
        return (await host.CallAsync<Operation>("DatasetService", new DeleteDatasetRequest { Name = name })).Name;
    }

    public override async Task<IReadOnlyList<string>> FindAsync(WorkHost host, string label) =>
        [
            .. (await host.CallAsync<ListOperationsResponse>("Operations", new ListOperationsRequest { Name = Place(label) }))
                .Operations.Where(static operation => operation.Metadata.Is(DeleteOperationMetadata.Descriptor))
                .Select(static operation => operation.Name),
        ];

    public override async Task<string?> OutcomeAsync(WorkHost host, string key, string label)
    {
        var operation = await host.CallAsync<Operation>("Operations", new GetOperationRequest { Name = key });
        if (!operation.Done)
        {
            return null;
        }

        var left = await host.CallAsync<ListDatasetsResponse>("DatasetService", new ListDatasetsRequest { Parent = Place(label) });
        return $"{(operation.Error is { } error ? ((Code)error.Code).ToString() : "deleted")}, {left.Datasets.Count} left";
    }

    public override Task CancelAsync(WorkHost host, string key) =>
        host.CallAsync<Google.Protobuf.WellKnownTypes.Empty>("Operations", new CancelOperationRequest { Name = key });

    public override void Poison(ISqlSession session, string key) =>
        session.Execute("UPDATE operation_work SET request = $2 WHERE name = $1", key, new byte[] { 0xff, 0xff, 0xff }).ShouldBe(1);

    /// <summary>A project for each, so that its data sets are found.</summary>
    private static string Place(string label) => $"projects/{label}/locations/us-central1";
}
