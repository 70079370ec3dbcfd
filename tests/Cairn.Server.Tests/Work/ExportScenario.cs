using Cairn.Data;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Server.Tests.Work;

/// <summary>The export of a table to a training: three files, and then the training's job.</summary>
internal sealed class ExportScenario : WorkScenario
{
    private const string Data = "data";

    public override string Kind => "training-export";

    public override string Success => "Pending, 1 jobs, 3 files";

    public override string Cancelled => "Cancelled, 0 jobs, 0 files";

    public override async Task PrepareAsync(WorkHost host)
    {
        await TrainingSteps.BucketAsync(host);
        await TrainingSteps.PutAsync(host, "table.csv", "a,b\n" + string.Concat(Enumerable.Range(0, 50).Select(static i => $"{i},x\n")));
        var dataset = Google.Protobuf.JsonParser.Default.Parse<Dataset>(
            """
            {
              "displayName": "table",
              "metadataSchemaUri": "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml",
              "metadata": {"inputConfig": {"gcsSource": {"uri": ["gs://work/table.csv"]}}}
            }
            """
        );
        await host.CallAsync<Operation>("DatasetService", new CreateDatasetRequest { Parent = Parent, Dataset = dataset });
    }

    public override async Task<string> BeginAsync(WorkHost host, string label)
    {
        var listed = await host.CallAsync<ListDatasetsResponse>("DatasetService", new ListDatasetsRequest { Parent = Parent });
        var id = listed.Datasets.Single().Name.Split('/')[^1];
        return await TrainingSteps.BeginAsync(
            host,
            label,
            $$$"""
            "inputDataConfig": {"datasetId": "{{{id}}}", "gcsDestination": {"outputUriPrefix": "gs://work/{{{Data}}}/{{{label}}}"}}
            """
        );
    }

    public override Task<IReadOnlyList<string>> FindAsync(WorkHost host, string label) => TrainingSteps.FindAsync(host, label);

    public override async Task<string?> OutcomeAsync(WorkHost host, string key, string label)
    {
        var pipeline = await TrainingSteps.GetAsync(host, key);
        if (pipeline.EndTime is null && TrainingSteps.Job(pipeline) is null)
        {
            return null;
        }

        var jobs = (await host.JobsAsync(Parent)).Count(job => job.DisplayName == label + "-custom-job");
        var files = await host.Get<IObjects>().ListAsync(new GsUri("work", $"{Data}/{label}/")).CountAsync();
        return $"{pipeline.State}, {jobs} jobs, {files} files";
    }

    public override Task CancelAsync(WorkHost host, string key) => TrainingSteps.CancelAsync(host, key);
}
