using System.Diagnostics;
using Cairn.Server.Telemetry;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;

namespace Cairn.Server.Tests.Telemetry;

public sealed class TraceRateTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void a_busy_server_begins_so_many_traces_a_second_and_continues_those_of_callers()
    {
        var rate = new TraceRate(3, _clock);
        for (var second = 0; second < 3; second++)
        {
            Enumerable.Range(0, 100).Count(_ => IsSampled(rate, default)).ShouldBe(3);
            IsSampled(rate, Parent(isRemote: true, recorded: true)).ShouldBeTrue();
            IsSampled(rate, Parent(isRemote: true, recorded: false)).ShouldBeFalse();
            IsSampled(rate, Parent(isRemote: false, recorded: true)).ShouldBeTrue();
            IsSampled(rate, Parent(isRemote: false, recorded: false)).ShouldBeFalse();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void a_caller_cannot_have_every_call_recorded()
    {
        var rate = new TraceRate(0, _clock);
        IsSampled(rate, default).ShouldBeFalse();
        Enumerable.Range(0, 5_000).Count(_ => IsSampled(rate, Parent(isRemote: true, recorded: true))).ShouldBe(1_000);
    }

    private static bool IsSampled(TraceRate rate, ActivityContext parent) =>
        rate.ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "call", ActivityKind.Server, null, null)).Decision
        == SamplingDecision.RecordAndSample;

    private static ActivityContext Parent(bool isRemote, bool recorded) =>
        new(
            ActivityTraceId.CreateRandom(),
            ActivitySpanId.CreateRandom(),
            recorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
            isRemote: isRemote
        );
}
