using System.Diagnostics;
using Cairn.Kernel.Database;
using Cairn.Kernel.Telemetry;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Tests.Work;
using Cairn.Kernel.Work;
using Cairn.Testing;

namespace Cairn.Kernel.Tests.Telemetry;

/// <summary>What the store and the work tell of themselves, on each engine.</summary>
public abstract class TelemetryConformance(DatabaseFixture fixture, string engine)
{
    [Fact]
    public async Task every_write_is_in_one_commit_and_the_store_has_a_size()
    {
        using var recorder = new Recorder();
        await using var database = await fixture.CreateAsync(new StoreTelemetry(recorder));
        await database.WriteAsync(static session => session.Execute("CREATE TABLE counted (id BIGINT NOT NULL)"));
        var before = recorder.Of(StoreTelemetry.Group).Sum();
        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i => database.WriteAsync(session => session.Execute("INSERT INTO counted (id) VALUES ($1)", (long)i)))
        );
        // The writer tells of a commit when its callers have their answers.
        await Poll.UntilAsync(() => recorder.Of(StoreTelemetry.Group).Sum() - before == 40, "all writes to be counted");
        recorder.Of(StoreTelemetry.Commit, "db.system.name", engine).Count.ShouldBe(recorder.Of(StoreTelemetry.Group).Count);
        recorder.Of(StoreTelemetry.Commit).ShouldAllBe(static seconds => seconds > 0 && seconds < 60);

        var size = new StoreSize(recorder, database);
        await size.LookAsync(CancellationToken.None);
        recorder.Observe();
        recorder.Of(StoreSize.Size, "cairn.store.part", "database").ShouldHaveSingleItem().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task what_is_due_and_how_steps_end_is_told_by_kind()
    {
        using var recorder = new Recorder();
        await using var database = await fixture.CreateAsync();
        var clock = TimeProvider.System;
        var held = new TaskCompletionSource();
        await using var server = new WorkServer(
            database,
            clock,
            async (_, item, lost) =>
            {
                if (item.Key == "held")
                {
                    await held.Task.WaitAsync(lost);
                }

                return item is { Key: "poison", Attempt: 0 } ? throw new InvalidOperationException("no luck") : WorkStep.Done;
            },
            new WorkKind("test", 1),
            recorder
        );
        await EnqueueAsync("held");
        await Poll.UntilAsync(
            async () =>
                await database.ReadAsync(static session =>
                    session.QueryFirst("SELECT 1 FROM work WHERE owner IS NOT NULL", static _ => true)
                ),
            "the step to run"
        );
        await EnqueueAsync("poison");
        await EnqueueAsync("healthy");
        await server.Telemetry!.LookAsync(CancellationToken.None);
        recorder.Observe();
        recorder.Of(WorkTelemetry.Due, "cairn.work.kind", "test").ShouldHaveSingleItem().ShouldBe(2);
        recorder.Of(WorkTelemetry.Age).ShouldHaveSingleItem().ShouldBeGreaterThan(0);
        recorder.Of(WorkTelemetry.Running).ShouldHaveSingleItem().ShouldBe(1);

        held.SetResult();
        await Poll.UntilAsync(() => recorder.Of(WorkTelemetry.Step, TelemetryNames.Outcome, "done").Count == 3, "all three to end");
        recorder.Of(WorkTelemetry.Step, TelemetryNames.Outcome, "failed").ShouldHaveSingleItem();

        Task EnqueueAsync(string key) =>
            database.WriteAsync(session =>
            {
                server.Queue.Enqueue(session, "test", key);
                return true;
            });
    }

    [Fact]
    public async Task a_write_of_a_call_that_is_recorded_is_a_span_of_its_own_and_of_others_is_none()
    {
        await using var database = await fixture.CreateAsync();
        using var source = new ActivitySource("Cairn.Kernel.Tests." + engine);
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = asked => asked == source || asked.Name == TelemetryNames.Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Name == "unrecorded" || (options.Name != "call" && !options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
                    ? ActivitySamplingResult.PropagationData
                    : ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using (var call = source.StartActivity("call")!)
        {
            await database.WriteAsync(static session => session.Execute("CREATE TABLE traced (id BIGINT NOT NULL)"));
            Activity.Current.ShouldBe(call);
            var span = spans.Single(span => span.OperationName == "transaction" && span.TraceId == call.TraceId);
            span.ParentSpanId.ShouldBe(call.SpanId);
            span.GetTagItem("db.system.name").ShouldBe(engine);
        }

        using var unrecorded = source.StartActivity("unrecorded")!;
        await database.WriteAsync(static session => session.Execute("DROP TABLE traced"));
        spans.ShouldNotContain(span => span.TraceId == unrecorded.TraceId);
    }
}

public sealed class TelemetryOnSqlite(SqliteFixture fixture) : TelemetryConformance(fixture, "sqlite"), IClassFixture<SqliteFixture>;

public sealed class TelemetryOnPostgreSql(PostgresFixture fixture)
    : TelemetryConformance(fixture, "postgresql"),
        IClassFixture<PostgresFixture>;
