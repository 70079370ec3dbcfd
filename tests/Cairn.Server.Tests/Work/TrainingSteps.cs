using System.Text;
using Cairn.Data;
using Cairn.Data.Buckets;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Server.Tests.Work;

/// <summary>Training pipelines in the project <c>p</c>, whose bucket is <c>work</c>.</summary>
internal static class TrainingSteps
{
    public const string Parent = "projects/p/locations/us-central1";

    /// <summary>An image that stands for Python without a package, which is looked for quickly.</summary>
    public const string Images = """
        training:
          - match: example.com/nothing*
            interpreter: /usr/bin/python3
        """;

    /// <summary>What a job is to run. It is never run.</summary>
    public const string Spec = """
        {
          "workerPoolSpecs": [{
            "machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": 1,
            "containerSpec": {"imageUri": "example.com/nothing:1", "command": ["true"]}
          }],
          "baseOutputDirectory": {"outputUriPrefix": "gs://work/out"}
        }
        """;

    public static Task BucketAsync(WorkHost host) =>
        host.Get<BucketStore>().CreateAsync(new Bucket { Name = "work", Project = "p" }, CancellationToken.None);

    public static Task PutAsync(WorkHost host, string name, string content) =>
        host.Get<IObjects>().PutAsync(new GsUri("work", name), new MemoryStream(Encoding.UTF8.GetBytes(content)));

    /// <param name="more">Further fields, as JSON without braces.</param>
    public static async Task<string> BeginAsync(WorkHost host, string label, string more)
    {
        var pipeline = JsonParser.Default.Parse<TrainingPipeline>(
            $$"""
            {
              "displayName": "{{label}}",
              "trainingTaskDefinition": "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
              "trainingTaskInputs": {{Spec}}, {{more}}
            }
            """
        );
        var request = new CreateTrainingPipelineRequest { Parent = Parent, TrainingPipeline = pipeline };
        return (await host.CallAsync<TrainingPipeline>("PipelineService", request)).Name;
    }

    public static async Task<IReadOnlyList<string>> FindAsync(WorkHost host, string label)
    {
        var request = new ListTrainingPipelinesRequest { Parent = Parent, Filter = $"display_name=\"{label}\"" };
        var listed = await host.CallAsync<ListTrainingPipelinesResponse>("PipelineService", request);
        return [.. listed.TrainingPipelines.Select(static pipeline => pipeline.Name)];
    }

    public static Task<TrainingPipeline> GetAsync(WorkHost host, string key) =>
        host.CallAsync<TrainingPipeline>("PipelineService", new GetTrainingPipelineRequest { Name = key });

    /// <summary>The pipeline's job, or null where it has none yet.</summary>
    public static string? Job(TrainingPipeline pipeline) =>
        pipeline.TrainingTaskMetadata?.StructValue?.Fields.TryGetValue("backingCustomJob", out var job) == true ? job.StringValue : null;

    public static Task CancelAsync(WorkHost host, string key) =>
        host.CallAsync<Empty>("PipelineService", new CancelTrainingPipelineRequest { Name = key });
}
