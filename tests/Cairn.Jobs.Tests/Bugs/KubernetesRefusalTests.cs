using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Tests.Executors.Kubernetes;
using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>What the cluster refused was taken for what it was not, and what was made by half was left there.</summary>
public sealed class KubernetesRefusalTests
{
    [Fact]
    public async Task a_gang_that_was_made_by_half_is_deleted_again()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Refuse(
            403,
            "exceeded quota",
            (method, path) => method == "POST" && path.EndsWith("/jobs", StringComparison.Ordinal) && bench.Fake.Changes.Count == 2
        );
        (await Should.ThrowAsync<StatusException>(bench.Executor.StartAsync(bench.Gang, default))).Message.ShouldContain("exceeded quota");
        _ = bench.Fake["jobs/cairn-4711-2-0"];

        await bench.Executor.CleanAsync(bench.Gang, default);

        Should.Throw<KeyNotFoundException>(() => bench.Fake["jobs/cairn-4711-2-0"]);
        Should.Throw<KeyNotFoundException>(() => bench.Fake["services/cairn-4711-2"]);
    }

    [Fact]
    public async Task a_gang_of_which_nothing_was_made_needs_no_cluster_to_be_cleaned()
    {
        await using var bench = await ClusterBench.StartAsync();
        File.Delete(bench.Data["kubeconfig"]);

        await Should.ThrowAsync<StatusException>(bench.Executor.StartAsync(bench.Gang, default));
        await bench.Executor.CleanAsync(bench.Gang, default);
    }

    [Fact]
    public async Task another_namespace_after_a_restart_is_no_proof_that_jobs_were_deleted()
    {
        await using var bench = await ClusterBench.StartAsync();
        await bench.Executor.StartAsync(bench.Gang, default);

        var (_, restarted) = bench.Make(new KubernetesOptions { Config = bench.Data["kubeconfig"], Namespace = "other" });

        (await Should.ThrowAsync<ExecutorAwayException>(restarted.ObserveAsync(bench.Gang, default))).Message.ShouldContain("'ml'");
        await Should.ThrowAsync<ExecutorAwayException>(restarted.KillAsync(bench.Gang, default));
        await Should.ThrowAsync<ExecutorAwayException>(restarted.CleanAsync(bench.Gang, default));
        bench.Log.Lines.Count(static line => line.Contains("'other'", StringComparison.Ordinal)).ShouldBe(1);
        bench.Log.Lines.ShouldHaveSingleItem().ShouldContain(bench.Fake.Address);
    }

    [Fact]
    public async Task only_what_is_read_or_deleted_can_be_gone_and_only_what_is_made_can_be_there()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Refuse(404, "jobs \"x\" not found", static (_, _) => true, "NotFound", "jobs");
        await bench.Api.DeleteJobAsync("x", default);
        (await bench.Api.FindJobAsync("x", default)).ShouldBeNull();
        await Should.ThrowAsync<StatusException>(bench.Executor.StartAsync(bench.Gang, default));

        bench.Refuse(409, "there already", static (_, _) => true, "AlreadyExists", "jobs");
        await bench.Executor.StartAsync(bench.Gang, default);
        await Should.ThrowAsync<ExecutorAwayException>(bench.Api.DeleteJobAsync("x", default));
        await Should.ThrowAsync<ExecutorAwayException>(bench.Api.FindJobAsync("x", default));
    }

    [Fact]
    public async Task a_right_to_read_or_delete_that_is_missing_fails_no_job_and_is_told_once()
    {
        await using var bench = await ClusterBench.StartAsync();
        await bench.Executor.StartAsync(bench.Gang, default);
        bench.Refuse(403, "jobs is forbidden: cannot delete", static (method, _) => method == "DELETE");

        await Should.ThrowAsync<ExecutorAwayException>(bench.Executor.KillAsync(bench.Gang, default));
        await Should.ThrowAsync<ExecutorAwayException>(bench.Executor.KillAsync(bench.Gang, default));

        bench.Log.Lines.ShouldHaveSingleItem().ShouldContain("cannot delete");
    }

    [Fact]
    public async Task of_what_something_in_between_says_five_hundred_characters_are_told()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Refuse(403, new string('x', 100_000), static (_, _) => true);

        (await Should.ThrowAsync<StatusException>(bench.Executor.StartAsync(bench.Gang, default))).Message.Length.ShouldBeLessThan(600);
    }
}
