using Cairn.Jobs.Agent;
using Cairn.Jobs.Tasks;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors.Kubernetes;

public sealed class PodLauncherTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task buckets_are_folders_of_copies_that_the_program_may_change()
    {
        var gcs = Directory.CreateDirectory(_scratch["gcs"]).FullName;
        var staged = Directory.CreateDirectory(_scratch["staged/data"]).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(staged, "data", "a.csv"), "1");
        using var context = Context(static record => record);

        var launch = await new PodLauncher(gcs).PrepareAsync(
            context.With([new BucketMount("b", staged), new BucketMount("empty", null)]),
            default
        );

        launch.File.ShouldEndWith("/sh");
        launch.Arguments.ShouldBe(["-c", "true"]);
        await File.WriteAllTextAsync(Path.Combine(gcs, "b", "data", "a.csv"), "2");
        await File.WriteAllTextAsync(Path.Combine(gcs, "empty", "new.txt"), "3");
        (await File.ReadAllTextAsync(Path.Combine(staged, "data", "a.csv"))).ShouldBe("1");
        File.Exists(Path.Combine(context.Task.Upper, "empty", "new.txt")).ShouldBeTrue();
    }

    [Fact]
    public async Task an_images_own_entry_point_is_asked_for()
    {
        using var context = Context(static record => record with { Command = [] });

        (
            await Should.ThrowAsync<TaskFailure>(async () => await new PodLauncher(_scratch.Path).PrepareAsync(context.Task, default))
        ).Message.ShouldContain("container_spec.command");
    }

    [Fact]
    public async Task a_program_that_the_image_does_not_have_is_named()
    {
        using var context = Context(static record => record with { Command = ["no-such-program"] });

        (
            await Should.ThrowAsync<TaskFailure>(async () => await new PodLauncher(_scratch.Path).PrepareAsync(context.Task, default))
        ).Message.ShouldContain("no-such-program");
    }

    private Prepared Context(Func<TaskRecord, TaskRecord> change)
    {
        var gang = Gangs.Write(_scratch["jobs"], [1], record => change(record with { Command = ["sh", "-c", "true"] }));
        var (directory, task) = gang.Replicas[0];
        var log = new LogSpool(directory.LogSpool, 1, task.Replica, 1 << 20, TimeProvider.System);
        return new Prepared(new TaskContext(directory, task, "a-token", [], log), log);
    }

    private sealed record Prepared(TaskContext Task, LogSpool Log) : IDisposable
    {
        public TaskContext With(IReadOnlyList<BucketMount> buckets) => Task with { Record = Task.Record with { Buckets = buckets } };

        public void Dispose() => Log.Dispose();
    }
}
