using Cairn.Jobs.Environments;
using Cairn.Kernel.Hosting;
using Cairn.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Jobs.Tests.Environments;

/// <summary>Which environments are removed, and that none is that somebody uses or builds.</summary>
public sealed class JanitorTests : IDisposable
{
    private static readonly string Old = new('a', EnvironmentKey.Length);
    private static readonly string Newer = new('b', EnvironmentKey.Length);
    private static readonly string Newest = new('c', EnvironmentKey.Length);

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task what_was_not_used_for_long_goes_and_what_is_used_stays()
    {
        await BuildAsync(Old, days: 40);
        await BuildAsync(Newer, days: 40);
        await BuildAsync(Newest, days: 1);
        using (await OpenAsync(Newer, days: 40))
        {
            Collect(new JobsOptions { EnvironmentRetention = TimeSpan.FromDays(30) });

            Keys().ShouldBe([Newer, Newest]);
        }

        Collect(new JobsOptions { EnvironmentRetention = TimeSpan.FromDays(30) });
        Keys().ShouldBe([Newest]);
    }

    [Fact]
    public async Task where_all_are_too_large_the_longest_unused_goes_first()
    {
        await BuildAsync(Old, days: 3);
        await BuildAsync(Newer, days: 2);
        await BuildAsync(Newest, days: 1);

        Collect(new JobsOptions { EnvironmentSpace = 250 });
        Keys().ShouldBe([Newer, Newest]);

        Collect(new JobsOptions { EnvironmentSpace = 250 });
        Keys().ShouldBe([Newer, Newest]);

        Collect(new JobsOptions { EnvironmentSpace = 0 });
        Keys().ShouldBeEmpty();
    }

    [Fact]
    public async Task what_a_killed_builder_left_goes_and_what_is_being_built_stays()
    {
        Directory.CreateDirectory(Path.Combine(Folder, Old, "lib"));
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var building = Store(0)
            .OpenAsync(
                Newer,
                async (_, _) =>
                {
                    begun.SetResult();
                    await go.Task;
                    return Record();
                },
                () => { },
                TestContext.Current.CancellationToken
            );
        await begun.Task;

        Collect(new JobsOptions());

        Keys().ShouldBe([Newer]);
        go.SetResult();
        using var lease = await building;
        lease.Record.Bytes.ShouldBe(100);
    }

    [Fact]
    public async Task a_build_that_fails_leaves_nothing_and_is_tried_again()
    {
        await Should.ThrowAsync<InvalidOperationException>(
            Store(0).OpenAsync(Old, (_, _) => throw new InvalidOperationException("no"), () => { }, TestContext.Current.CancellationToken)
        );
        Keys().ShouldBeEmpty();

        await BuildAsync(Old, days: 0);
        Keys().ShouldBe([Old]);
    }

    private string Folder => _scratch["environments"];

    private static EnvironmentRecord Record() => new("/usr/bin/python3", ["one"], ["one 1.0"], 100, DateTimeOffset.UtcNow);

    private async Task BuildAsync(string key, int days) => (await OpenAsync(key, days)).Dispose();

    private Task<EnvironmentLease> OpenAsync(string key, int days) =>
        Store(days).OpenAsync(key, (_, _) => Task.FromResult(Record()), () => { }, TestContext.Current.CancellationToken);

    private EnvironmentStore Store(int daysAgo) => new(Folder, new Past(TimeSpan.FromDays(daysAgo)));

    private string[] Keys() => [.. Store(0).Keys().Order(StringComparer.Ordinal)];

    private void Collect(JobsOptions options)
    {
        var server = new ServerEnvironment
        {
            DataDirectory = _scratch.Path,
            ServerId = "test",
            HttpUrl = () => new Uri("http://localhost"),
            GrpcAddress = () => "",
            Executable = "",
        };
        var janitor = new EnvironmentJanitor(server, options, TimeProvider.System, NullLogger<EnvironmentJanitor>.Instance);
        janitor.Collect();
    }

    /// <summary>The clock of a while ago.</summary>
    private sealed class Past(TimeSpan ago) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - ago;
    }
}
