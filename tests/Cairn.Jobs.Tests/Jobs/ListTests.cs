using System.Text.Json.Nodes;

namespace Cairn.Jobs.Tests.Jobs;

public sealed class ListTests(Server server)
{
    [Fact]
    public async Task jobs_are_listed_by_filter()
    {
        using var client = new JobsClient(server.Process, "listing");
        var good = JobsClient.Python("pass");
        good["displayName"] = "good one";
        good["labels"] = new JsonObject { ["team"] = "red" };
        var bad = JobsClient.Python("raise SystemExit(1)");
        bad["displayName"] = "bad one";
        var goodName = (string)(await client.RunAsync(good))["name"]!;
        var badName = (string)(await client.RunAsync(bad))["name"]!;

        (await NamesAsync(client, "")).ShouldBe([badName, goodName]);
        (await NamesAsync(client, "state=\"JOB_STATE_FAILED\"")).ShouldBe([badName]);
        (await NamesAsync(client, "labels.team=red")).ShouldBe([goodName]);
        (await NamesAsync(client, "display_name=\"good one\" AND NOT state=JOB_STATE_FAILED")).ShouldBe([goodName]);
        (
            await client.TrySendAsync(HttpMethod.Get, $"/v1/{client.Parent}/customJobs?filter={Uri.EscapeDataString("state=")}")
        ).Status.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }

    private static async Task<List<string>> NamesAsync(JobsClient client, string filter)
    {
        var page = await client.SendAsync(HttpMethod.Get, $"/v1/{client.Parent}/customJobs?filter={Uri.EscapeDataString(filter)}");
        return [.. page["customJobs"]?.AsArray().Select(job => (string)job!["name"]!) ?? []];
    }
}
