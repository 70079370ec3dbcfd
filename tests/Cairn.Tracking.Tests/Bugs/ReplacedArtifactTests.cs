using System.Net;
using Cairn.Tracking.Tests.Mlflow;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>An artifact that is replaced while it is read was told with the length of the one and sent with the bytes of the other.</summary>
public sealed class ReplacedArtifactTests(SqliteMlflowServer server) : IClassFixture<SqliteMlflowServer>
{
    [Fact]
    public async Task an_artifact_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new_one()
    {
        using var mlflow = new MlflowClient(server.Process.Http);
        var run = (string)(await mlflow.Post("mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;
        var path = $"mlflow-artifacts/artifacts/0/{run}/artifacts/model.txt";
        string[] contents = ["", new('a', 100_000)];
        await PutAsync(contents[0]);
        using var read = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 1; !read.IsCancellationRequested; i++)
            {
                await PutAsync(contents[i % 2]);
            }
        });
        for (var i = 0; i < 150; i++)
        {
            using var answer = await mlflow.Send(HttpMethod.Get, path, null);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            contents.ShouldContain(await answer.Content.ReadAsStringAsync());
        }

        await read.CancelAsync();
        await writing;

        async Task PutAsync(string content)
        {
            using var answer = await mlflow.Send(HttpMethod.Put, path, new StringContent(content));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }
}
