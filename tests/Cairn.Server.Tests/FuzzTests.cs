using Cairn.Fuzz;

namespace Cairn.Server.Tests;

/// <summary>
/// A slice of what `make soak` runs for minutes: always the same cases, so that what it finds is found again, and the fuzzer cannot rot.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public async Task no_call_that_is_a_little_wrong_fails_the_server()
    {
        using var fuzzer = new Fuzzer(
            new FuzzOptions
            {
                Seed = 7,
                Cases = (0, 1_199),
                Slow = null,
            },
            new TestOutput(output)
        );

        await fuzzer.RunAsync();

        fuzzer.Findings.Keys.ShouldBeEmpty();
        fuzzer.Cases.ShouldBe(1_200);
        // A corpus whose calls are all refused at the door finds nothing.
        fuzzer.Accepted.ShouldBeGreaterThan(150);
    }

    private sealed class TestOutput(ITestOutputHelper output) : StringWriter
    {
        public override void WriteLine(string? value) => output.WriteLine(value ?? "");
    }
}
