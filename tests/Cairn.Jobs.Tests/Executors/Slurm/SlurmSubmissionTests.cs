using Cairn.Jobs.Executors.Slurm;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Tests.Executors.Kubernetes;
using Cairn.Testing;
using Google.Rpc;

namespace Cairn.Jobs.Tests.Executors.Slurm;

public sealed class SlurmSubmissionTests : IDisposable
{
    private static readonly Dictionary<string, string> Agents = new() { ["PATH"] = "/usr/bin", ["ODD"] = "a,b" };

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void a_gang_of_equal_replicas_is_one_job_with_a_task_for_each()
    {
        var gang = Gangs.Write(
            _scratch.Path,
            [1, 3],
            static record => record with { Resources = new TaskResources(8, 30000, 1, "NVIDIA_TESLA_V100") }
        );
        var options = new JobsOptions
        {
            Slurm = new SlurmOptions
            {
                Partition = "gpu",
                Account = "vision",
                Qos = "high",
                Submit = ["--exclusive"],
                Gpus = new Dictionary<string, string> { ["NVIDIA_TESLA_V100"] = "v100" },
            },
        };

        var arguments = SlurmSubmission.Arguments(gang, options, Agents);

        string[] each = ["--ntasks=4", "--cpus-per-task=8", "--mem-per-cpu=3750M", "--gpus-per-task=v100:1"];
        var folder = gang.Directory.Path;
        arguments.ShouldBe([
            "--parsable",
            "--job-name=cairn-4711-2",
            "--comment=projects/p/locations/l/customJobs/4711",
            $"--chdir={folder}",
            $"--output={folder}/slurm.out",
            "--open-mode=append",
            "--no-requeue",
            "--dependency=singleton",
            "--export=PATH=/usr/bin",
            "--time=75",
            "--partition=gpu",
            "--account=vision",
            "--qos=high",
            .. each,
            "--exclusive",
            $"{folder}/slurm.sh",
            .. each,
            "--kill-on-bad-exit=1",
            "--wait=0",
            "/opt/cairn/cairn",
            "agent",
            "--member",
            folder,
        ]);
    }

    [Fact]
    public void a_job_without_a_timeout_has_its_partitions_limit_and_a_machine_of_no_size_slurms_defaults()
    {
        var gang = Gangs.Write(
            _scratch.Path,
            [1],
            static record =>
                record with
                {
                    Resources = new TaskResources(0, 0),
                    TimeoutSeconds = new JobsOptions().DefaultTimeout.TotalSeconds,
                }
        );

        var arguments = SlurmSubmission.Arguments(gang, new JobsOptions(), Agents);

        arguments.ShouldAllBe(static argument =>
            !argument.StartsWith("--time")
            && !argument.StartsWith("--cpus")
            && !argument.StartsWith("--mem-")
            && !argument.StartsWith("--gpus")
        );
    }

    [Theory]
    [InlineData("OUT_OF_MEMORY", Code.ResourceExhausted, true, "ran out of memory")]
    [InlineData("TIMEOUT", Code.DeadlineExceeded, true, "time limit")]
    [InlineData("CANCELLED", Code.Cancelled, true, "scancel")]
    [InlineData("NODE_FAIL", Code.Unavailable, false, "node of its Slurm job 12 on n1 failed")]
    [InlineData("PREEMPTED", Code.Unavailable, false, "preempted")]
    [InlineData("FAILED", Code.Unavailable, false, "said this")]
    public void an_end_in_slurm_is_a_sentence_and_says_whether_another_attempt_may_help(string state, Code code, bool final, string words)
    {
        var jobs = new[] { new SlurmJob("11", "COMPLETED", 0, "None", "n2", "x"), new SlurmJob("12", state, 0, "None", "n1", "x") };

        var loss = SlurmEnd.Of("workerpool0-0", jobs, begun: true, "said this");

        (loss.Code, loss.Final).ShouldBe((code, final));
        loss.Reason.ShouldContain(words);
        loss.Reason.ShouldContain("workerpool0-0");
    }

    [Fact]
    public void the_accounts_are_read_where_the_queue_has_forgotten()
    {
        var jobs = SlurmAccounts.Parse("12|CANCELLED by 1000|None assigned|cairn-4711-2\n13|NODE_FAIL|n[1-2]|cairn-4711-2.1\n");

        jobs.ShouldBe([
            new SlurmJob("12", "CANCELLED", 0, "", "", "cairn-4711-2"),
            new SlurmJob("13", "NODE_FAIL", 0, "", "n[1-2]", "cairn-4711-2.1"),
        ]);
        jobs.ShouldAllBe(static job =>
            job.IsOver && job.IsNamed("cairn-4711-2") && !job.IsNamed("cairn-4711-") && !job.IsNamed("cairn-4711")
        );
    }
}
