using Cairn.Tensorboards.Events;
using Cairn.Testing;

namespace Cairn.Tracking.Tests.Events;

public sealed class EventFileReaderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task a_file_that_grows_byte_by_byte_gives_each_value_once()
    {
        var bytes = new EventBytes().Version().Simple("a", 1, 1).Simple("a", 2, 2).Simple("b", 3, 3).ToArray();
        var path = _scratch["events.out.tfevents.1"];
        await using var writer = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        await using var reader = new EventFileReader(LogFolder.Open(path), new TagTable(EventLimits.Default));
        var steps = new List<long>();
        foreach (var value in bytes)
        {
            writer.WriteByte(value);
            steps.AddRange(await DrainAsync(reader));
        }

        steps.ShouldBe([0, 1, 2, 3]);
        reader.Offset.ShouldBe(bytes.Length);
    }

    [Fact]
    public async Task reading_begins_again_at_the_offset_where_it_ended()
    {
        var half = new EventBytes().Version().Simple("a", 1, 1).ToArray();
        var whole = new EventBytes().Version().Simple("a", 1, 1).Simple("a", 2, 2).ToArray();
        await File.WriteAllBytesAsync(_scratch["f"], whole[..(half.Length + 9)]);
        long offset;
        await using (var reader = new EventFileReader(LogFolder.Open(_scratch["f"]), new TagTable(EventLimits.Default)))
        {
            (await DrainAsync(reader)).ShouldBe([0, 1]);
            reader.Status.ShouldBe(EventStatus.Incomplete);
            offset = reader.Offset;
        }

        offset.ShouldBe(half.Length);
        await File.WriteAllBytesAsync(_scratch["f"], whole);
        await using var later = new EventFileReader(LogFolder.Open(_scratch["f"]), new TagTable(EventLimits.Default), offset: offset);
        (await DrainAsync(later)).ShouldBe([2]);
    }

    [Fact]
    public async Task a_record_larger_than_the_buffer_is_read()
    {
        var large = new byte[5_000_000];
        new Random(3).NextBytes(large);
        await File.WriteAllBytesAsync(
            _scratch["f"],
            new EventBytes().Simple("a", 1, 1).Tensor("t", 2, EventBytes.StringTensor(large), "images").Simple("a", 3, 1).ToArray()
        );
        await using var reader = new EventFileReader(LogFolder.Open(_scratch["f"]), new TagTable(EventLimits.Default));
        (await DrainAsync(reader)).ShouldBe([1, 2, 3]);
        reader.Status.ShouldBe(EventStatus.End);
    }

    [Fact]
    public async Task damage_stops_the_reading_and_says_where()
    {
        var first = new EventBytes().Simple("a", 1, 1).Length;
        var bytes = new EventBytes().Simple("a", 1, 1).Simple("a", 2, 2).ToArray();
        bytes[first + 20] ^= 1;
        await File.WriteAllBytesAsync(_scratch["f"], bytes);
        await using var reader = new EventFileReader(LogFolder.Open(_scratch["f"]), new TagTable(EventLimits.Default));
        (await DrainAsync(reader)).ShouldBe([1]);
        (reader.Status, reader.Offset).ShouldBe((EventStatus.Corrupt, first));
        reader.Reason!.ShouldContain("checksum");
        (await reader.FillAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task what_a_restart_makes_void_is_known()
    {
        // Steps 1 to 5; then a restart from the checkpoint of step 3; then another file whose writer restarts from step 4.
        var first = new EventBytes().Version().SessionStart(0);
        for (var step = 1; step <= 5; step++)
        {
            first.Simple("a", step, step);
        }

        first.SessionStart(3).Simple("a", 3, 30).Simple("a", 4, 40);
        await File.WriteAllBytesAsync(_scratch["1"], first.ToArray());
        await File.WriteAllBytesAsync(_scratch["2"], new EventBytes().Version().SessionStart(4).Simple("a", 4, 400).ToArray());
        var restarts = new Restarts();
        for (var file = 0; file < 2; file++)
        {
            await using var reader = new EventFileReader(LogFolder.Open(_scratch[$"{file + 1}"]), new TagTable(EventLimits.Default));
            await restarts.ScanAsync(file, reader);
        }

        var kept = new List<(long Step, double Value)>();
        for (var file = 0; file < 2; file++)
        {
            await using var reader = new EventFileReader(LogFolder.Open(_scratch[$"{file + 1}"]), new TagTable(EventLimits.Default));
            while (await reader.FillAsync())
            {
                var start = reader.Offset;
                var cursor = reader.Open();
                while (cursor.MoveNext())
                {
                    if (cursor.Kind == EventKind.Scalar && !restarts.IsVoid(file, start + cursor.RecordStart, cursor.Step))
                    {
                        kept.Add((cursor.Step, cursor.Scalar));
                    }
                }

                reader.Close(cursor);
            }
        }

        kept.ShouldBe([(1, 1), (2, 2), (3, 30), (4, 400)]);
    }

    [Fact]
    public void runs_are_the_folders_that_have_event_files()
    {
        foreach (
            var name in new[]
            {
                "events.out.tfevents.2.b",
                "events.out.tfevents.1.a",
                "train/events.out.tfevents.3",
                "deep/er/x.tfevents.4",
                "train/model.ckpt",
            }
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_scratch["logs/" + name])!);
            File.WriteAllBytes(_scratch["logs/" + name], []);
        }

        Directory.CreateSymbolicLink(_scratch["logs/loop"], _scratch["logs"]);
        var runs = LogFolder.Runs(_scratch["logs"]);
        runs.Select(static run => run.Name).ShouldBe([".", "deep/er", "train"]);
        runs[0].Files.Select(Path.GetFileName).ShouldBe(["events.out.tfevents.1.a", "events.out.tfevents.2.b"]);
    }

    private static async Task<List<long>> DrainAsync(EventFileReader reader)
    {
        var steps = new List<long>();
        while (await reader.FillAsync())
        {
            var cursor = reader.Open();
            while (cursor.MoveNext())
            {
                steps.Add(cursor.Step);
            }

            reader.Close(cursor);
        }

        return steps;
    }
}
