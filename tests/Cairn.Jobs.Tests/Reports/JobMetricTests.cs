using System.Text.Json.Nodes;
using Cairn.Jobs.Tests.Executors;

namespace Cairn.Jobs.Tests.Reports;

/// <summary>What any job reports in hypertune's file is in its run.</summary>
public sealed class JobMetricTests(Server server)
{
    [Fact]
    public async Task a_process_reports_to_its_run_also_where_it_writes_to_hypertunes_own_place()
    {
        var job = await server.Client.RunAsync(
            JobsClient.Python(
                """
                import os
                folder = os.path.dirname(os.environ['CLOUD_ML_HP_METRIC_FILE'])
                assert folder == '/var/hypertune' or not os.path.exists('/var/hypertune')
                open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'w').write('{"auc": "0.75", "global_step": "3"}\n')
                """
            )
        );
        (await MetricAsync(job, "auc")).ShouldBe((0.75, 3));
    }

    [Fact]
    public async Task a_container_reports_to_its_run()
    {
        var image = await BusyboxImage.EnsureAsync();
        var job = await server.Client.RunAsync(
            JobsClient.Container(image, ["sh", "-c"], ["echo '{\"auc\": 0.5, \"global_step\": 2}' > $CLOUD_ML_HP_METRIC_FILE"])
        );
        ((string)job["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", job.ToJsonString());
        (await MetricAsync(job, "auc")).ShouldBe((0.5, 2));
    }

    private async Task<(double Value, long Step)> MetricAsync(JsonObject job, string name)
    {
        var run = await server.Client.SendAsync(
            HttpMethod.Get,
            $"/{server.Client.Parent}/api/2.0/mlflow/runs/get?run_id={(string)job["labels"]!["cairn-run"]!}"
        );
        var metric = run["run"]!["data"]!["metrics"]!.AsArray().Single(metric => (string)metric!["key"]! == name)!;
        return ((double)metric["value"]!, (long)metric["step"]!);
    }
}
