using Cairn.Kernel.Telemetry;
using Cairn.Server.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Server.Tests.Telemetry;

public sealed class ProbesTests
{
    [Fact]
    public async Task a_store_that_does_not_answer_holds_up_nobody_who_reads_the_rest()
    {
        var probe = new Stuck();
        var probes = new Probes([probe], TimeProvider.System, NullLogger<Probes>.Instance);
        await probes.SeeAsync(CancellationToken.None);
        await probes.SeeAsync(CancellationToken.None);
        probe.Looks.ShouldBe(1, "those who ask while it looks wait for the one look");
        probe.Answer.SetResult();
        await Testing.Poll.UntilAsync(
            async () =>
            {
                await probes.SeeAsync(CancellationToken.None);
                return probe.Looks == 2;
            },
            "another look, once the first has ended"
        );
    }

    private sealed class Stuck : ITelemetryProbe
    {
        public TaskCompletionSource Answer { get; } = new();

        public int Looks { get; private set; }

        public Task LookAsync(CancellationToken cancellation)
        {
            Looks++;
            return Answer.Task;
        }
    }
}
