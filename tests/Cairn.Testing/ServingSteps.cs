using System.Text.Json.Nodes;

namespace Cairn.Testing;

/// <summary>The steps from a model's files to predictions, over REST.</summary>
public static class ServingSteps
{
    /// <summary>
    /// Puts files into a folder of a bucket, registers it as a model and deploys that to an endpoint of its own with all the traffic.
    /// Returns the endpoint's name.
    /// </summary>
    public static async Task<string> ServeAsync(
        this RestClient client,
        string bucket,
        string folder,
        string image,
        IReadOnlyDictionary<string, byte[]> files,
        string project = "demo"
    )
    {
        foreach (var (name, content) in files)
        {
            await client.UploadAsync(bucket, $"{folder}/{name}", content);
        }

        return await client.ServeAsync($"gs://{bucket}/{folder}", image, project);
    }

    /// <summary>Registers an artifact folder and deploys it to an endpoint of its own. Returns the endpoint's name.</summary>
    public static async Task<string> ServeAsync(this RestClient client, string artifactUri, string image, string project = "demo")
    {
        var parent = Parent(project);
        var model = new
        {
            displayName = "m",
            artifactUri,
            containerSpec = new { imageUri = image },
        };
        var uploaded = await client.OperateAsync($"{parent}/models:upload", new { model });
        var endpoint = (string)(await client.OperateAsync($"{parent}/endpoints", new { displayName = "e" }))["name"]!;
        await client.OperateAsync($"/v1/{endpoint}:deployModel", Deployment((string)uploaded["model"]!));
        return endpoint;
    }

    /// <summary>The body of a deployment that gets all of the traffic.</summary>
    public static JsonObject Deployment(string model, int percent = 100) =>
        new()
        {
            ["deployedModel"] = new JsonObject
            {
                ["model"] = model,
                ["displayName"] = "d",
                ["dedicatedResources"] = new JsonObject
                {
                    ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-2" },
                    ["minReplicaCount"] = 1,
                },
            },
            ["trafficSplit"] = new JsonObject { ["0"] = percent },
        };

    /// <summary>The predictions for instances given as JSON.</summary>
    public static async Task<string> PredictAsync(this RestClient client, string endpoint, string instances) =>
        (await client.PostAsync($"/v1/{endpoint}:predict", new JsonObject { ["instances"] = JsonNode.Parse(instances) }))[
            "predictions"
        ]!.ToJsonString();

    public static string Parent(string project = "demo") => $"/v1/projects/{project}/locations/us-central1";
}
