using Cairn.Jobs.Agent;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Tests.Executors;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tests.Tasks;

public sealed class FailpointTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly AcceptingServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("claimed")]
    [InlineData("prepared")]
    [InlineData("started")]
    [InlineData("begun")]
    [InlineData("ended")]
    [InlineData("recorded")]
    [InlineData("revoked")]
    public async Task a_server_that_dies_between_two_steps_goes_on_from_there(string point)
    {
        string name;
        var died = false;
        await using (var first = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions()))
        {
            first.Failpoints.OnHit = hit =>
            {
                if (hit == point)
                {
                    died = true;
                    throw new InvalidOperationException("The server dies here.");
                }
            };
            name = await first.SubmitAsync("echo ran; sleep 0.5");
            await Poll.UntilAsync(
                async () =>
                {
                    await first.Controller.TickAsync(default);
                    return died;
                },
                $"the failpoint '{point}'"
            );
        }

        await using var second = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions());
        var job = await second.RunToEndAsync(name);
        await Poll.UntilAsync(
            async () =>
            {
                await second.Controller.TickAsync(default);
                return (await second.TaskAsync(name))!.State == TaskState.Done;
            },
            "the task to be put away"
        );

        job.State.ShouldBe(JobState.Succeeded, job.Error?.Message);
        Runs(name).ShouldBe(1);
        File.Exists(Path.Combine(_scratch["jobs"], name.Split('/')[^1], "1", "workerpool0-0", "token")).ShouldBeFalse();
    }

    private int Runs(string name) =>
        Directory
            .GetFiles(Path.Combine(_scratch["jobs"], name.Split('/')[^1]), "log.spool", SearchOption.AllDirectories)
            .Sum(spool => LogSpool.Read(spool, 0).Lines.Count(line => line.Text == "ran"));
}
