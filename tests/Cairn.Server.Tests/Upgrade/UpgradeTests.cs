using System.Text.Json.Nodes;
using Cairn.Jobs;
using Cairn.Testing;

namespace Cairn.Server.Tests.Upgrade;

/// <summary>
/// A data folder that an older version left when it was killed: today's opens it, answers what the older one answered, and ends what was
/// under way. README.md says how the folder was made.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task a_folder_of_an_older_version_is_served_as_it_was_and_what_was_under_way_ends()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/sklearn"), "Debian's python3-sklearn is not installed.");
        var folder = await StoredFolder.UnpackAsync(_scratch.Path);

        // Entries are kept for as long as it takes until this test is run.
        var jobs = new JobsOptions
        {
            Slots = 4,
            LogRetention = TimeSpan.FromDays(36_500),
            JobLogRetention = TimeSpan.FromDays(36_500),
        };
        await using var server = await CairnServer.StartAsync(RunningServer.Options(folder.Data) with { Jobs = jobs });
        using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'), folder.Token);

        (await DifferencesAsync(client, server.HttpUrl, folder)).ShouldBeEmpty();

        await client.UploadAsync(StoredFolder.GateBucket, StoredFolder.GateObject, []);
        foreach (var (name, end) in folder.UnderWay)
        {
            JsonNode last = null!;
            await Poll.UntilAsync(
                async () => (last = await client.GetAsync("/v1/" + name))["endTime"] is not null,
                $"{name} to end",
                TimeSpan.FromSeconds(120)
            );
            ((string)last["state"]!).ShouldBe(end, last.ToJsonString());
        }

        // What has ended since is another project's.
        (await DifferencesAsync(client, server.HttpUrl, folder)).ShouldBeEmpty();
    }

    private static async Task<List<string>> DifferencesAsync(RestClient client, Uri address, StoredFolder folder)
    {
        var found = new List<string>();
        foreach (var call in folder.Calls)
        {
            var (status, answer) = await client.TrySendAsync(new HttpMethod(call.Method), call.Path, call.Body);
            var older = call.Answer(address);
            if ((int)status != 200)
            {
                found.Add($"{call.Method} {call.Path}: {(int)status} {answer.ToJsonString()}");
            }
            else
            {
                found.AddRange(JsonDifferences.Of(older, answer).Select(difference => $"{call.Method} {call.Path}{difference}"));
            }
        }

        return found;
    }
}
