using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Training.Tests;

/// <summary>The calls of data sets, on the server of trainings.</summary>
internal static class DatasetServer
{
    /// <summary>Where the exports of <see cref="WithInput"/> lie in the bucket.</summary>
    public const string Exports = "aiplatform-custom-training-2026-11-20-23:58:14.115/";

    private const string Schemas = "gs://google-cloud-aiplatform/schema/dataset/";

    /// <summary>What TabularDataset.create(gcs_source) sends; the data set's name.</summary>
    public static async Task<string> CreateTableAsync(this TrainingServer server, params string[] uris)
    {
        var operation = await server.PostAsync(
            $"{TrainingServer.Location}/datasets",
            new JsonObject
            {
                ["displayName"] = "tab",
                ["metadataSchemaUri"] = Schemas + "metadata/tabular_1.0.0.yaml",
                ["metadata"] = new JsonObject
                {
                    ["inputConfig"] = new JsonObject
                    {
                        ["gcsSource"] = new JsonObject { ["uri"] = new JsonArray([.. uris.Select(static uri => (JsonNode)uri)]) },
                    },
                },
            }
        );
        ((bool?)operation["done"]).ShouldBe(true, operation.ToJsonString());
        return (string)operation["response"]!["name"]!;
    }

    /// <summary>What TextDataset.create and ImageDataset.create send.</summary>
    public static async Task<string> CreateItemsAsync(this TrainingServer server, string type)
    {
        var operation = await server.PostAsync(
            $"{TrainingServer.Location}/datasets",
            new JsonObject
            {
                ["displayName"] = type,
                ["metadataSchemaUri"] = $"{Schemas}metadata/{type}_1.0.0.yaml",
                ["metadata"] = null,
            }
        );
        return (string)operation["response"]!["name"]!;
    }

    /// <summary>What dataset.import_data sends; the operation at its end.</summary>
    public static async Task<JsonNode> ImportAsync(this TrainingServer server, string dataset, string format, params string[] uris) =>
        await server.OperationAsync(
            $"/v1/{dataset}:import",
            new JsonObject
            {
                ["importConfigs"] = new JsonArray(
                    new JsonObject
                    {
                        ["gcsSource"] = new JsonObject { ["uris"] = new JsonArray([.. uris.Select(static uri => (JsonNode)uri)]) },
                        ["importSchemaUri"] = $"{Schemas}ioformat/{format}_io_format_1.0.0.yaml",
                        ["dataItemLabels"] = new JsonObject { ["batch"] = "one" },
                    }
                ),
            }
        );

    /// <summary>A pipeline with the input of CustomTrainingJob.run(dataset).</summary>
    public static JsonObject WithInput(this JsonObject pipeline, string dataset, JsonObject? more = null)
    {
        var input = new JsonObject
        {
            ["datasetId"] = dataset[(dataset.LastIndexOf('/') + 1)..],
            ["gcsDestination"] = new JsonObject { ["outputUriPrefix"] = "gs://trained/" + Exports.TrimEnd('/') },
        };
        foreach (var (name, value) in more ?? [])
        {
            input[name] = value?.DeepClone();
        }

        pipeline["inputDataConfig"] = input;
        return pipeline;
    }

    public static Task UploadAsync(this TrainingServer server, string name, string text) =>
        server.UploadAsync(name, Encoding.UTF8.GetBytes(text));

    public static async Task<JsonNode> OperationAsync(this TrainingServer server, string path, JsonObject body)
    {
        var operation = await server.PostAsync(path, body);
        await Testing.Poll.UntilAsync(
            async () =>
            {
                operation = await server.GetAsync($"/v1/{(string)operation["name"]!}");
                return (bool?)operation["done"] == true;
            },
            "the operation to end",
            TimeSpan.FromSeconds(60)
        );
        return operation;
    }

    /// <summary>The names of the bucket's objects below a prefix, in order.</summary>
    public static async Task<List<string>> ObjectsAsync(this TrainingServer server, string prefix) =>
        [
            .. ((await server.GetAsync($"/storage/v1/b/trained/o?prefix={Uri.EscapeDataString(prefix)}"))["items"]?.AsArray() ?? []).Select(
                static item => (string)item!["name"]!
            ),
        ];
}
