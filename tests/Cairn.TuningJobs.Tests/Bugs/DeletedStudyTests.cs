using Cairn.Testing;

namespace Cairn.TuningJobs.Tests.Bugs;

public sealed class DeletedStudyTests
{
    [Fact]
    public async Task a_job_whose_study_is_deleted_ends_its_other_trials_when_it_finds_out()
    {
        await using var server = await TuningServer.StartAsync();
        var job = TuningServer.Job(
            """
            import urllib.request
            def has_study():
                request = urllib.request.Request(os.environ['CAIRN_ENDPOINT'] + '/v1/projects/demo/locations/us-central1/studies',
                    headers={'Authorization': 'Bearer ' + os.environ['CAIRN_TOKEN']})
                return 'studies' in json.load(urllib.request.urlopen(request))
            if os.environ['CLOUD_ML_TRIAL_ID'] == '2': time.sleep(3600)
            while has_study(): time.sleep(0.2)
            report('score', 0.5)
            """,
            trials: 4,
            parallel: 2
        );
        var name = await server.CreateAsync(job);
        await Poll.UntilAsync(
            async () => TuningServer.Trials(await server.GetAsync(name)).Count == 2,
            "two trials to begin",
            TimeSpan.FromSeconds(60)
        );
        var study = (string)(await server.Rest.GetAsync($"{TuningServer.Location}/studies"))["studies"]![0]!["name"]!;
        await server.Rest.SendAsync(HttpMethod.Delete, "/v1/" + study);

        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED", ended.ToJsonString());
        ((string)ended["error"]!["message"]!).ShouldContain("The study gives no further trial");
        TuningServer.Trials(ended).Count.ShouldBe(2);
        TuningServer.Metric(TuningServer.Trials(ended)[0]).ShouldBe(0.5);
    }
}
