using Cairn.Jobs.Executors.Slurm;
using Cairn.Testing;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Cairn.Jobs.Tests.Executors.Slurm.SlurmFixture))]

namespace Cairn.Jobs.Tests.Executors.Slurm;

/// <summary>One Slurm cluster for the tests that crash none of its nodes; it is started by the first that asks for it.</summary>
public sealed class SlurmFixture : IAsyncDisposable
{
    private readonly Lazy<Task<SlurmCluster>> _cluster = new(static () => SlurmCluster.StartAsync());

    /// <summary>The cluster; skips the test where there can be none.</summary>
    public Task<SlurmCluster> StartAsync()
    {
        SkipWithout();
        return _cluster.Value;
    }

    public static void SkipWithout()
    {
        if (SlurmCluster.Obstacle is { } obstacle)
        {
            Assert.Skip(obstacle);
        }
    }

    internal static SlurmExecutor Executor(SlurmCluster cluster, params string[] submit)
    {
        var options = new JobsOptions
        {
            Slurm = new SlurmOptions
            {
                Configuration = cluster.Configuration,
                PollInterval = TimeSpan.FromMilliseconds(200),
                FileDelay = TimeSpan.FromSeconds(1),
                Submit = submit,
            },
        };
        var tools = new SlurmTools(options);
        return new SlurmExecutor(
            tools,
            new SlurmQueue(tools, options, TimeProvider.System, NullLogger<SlurmQueue>.Instance),
            options,
            TimeProvider.System
        );
    }

    /// <summary>Options of a server that uses the cluster.</summary>
    public static string[] Flags(SlurmCluster cluster) =>
        [
            "--executor",
            "slurm",
            "--slurm-conf",
            cluster.Configuration,
            "--slurm-poll",
            "0.2s",
            "--slurm-file-delay",
            "1s",
            "--job-grace",
            "2s",
        ];

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated)
        {
            await (await _cluster.Value).DisposeAsync();
        }
    }
}
