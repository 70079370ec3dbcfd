using System.Text;
using Cairn.Tensorboards.Events;

namespace Cairn.Tracking.Tests.Events;

public sealed class EventCursorTests
{
    [Fact]
    public void scalars_of_the_first_format_are_read()
    {
        var found = Read(
            new EventBytes()
                .Version()
                .Simple("loss", 1, 0.5f, 10.25)
                .Simple("loss", 2, float.NaN)
                .Simple("loss", 3, float.PositiveInfinity),
            out var status
        );
        status.ShouldBe(EventStatus.End);
        found.ShouldBe([
            (EventKind.FileVersion, "", 0, 1.5, 0),
            (EventKind.Scalar, "loss", 1, 10.25, 0.5),
            (EventKind.Scalar, "loss", 2, 1.5, double.NaN),
            (EventKind.Scalar, "loss", 3, 1.5, double.PositiveInfinity),
        ]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void scalars_of_the_second_format_are_read_and_the_plugin_is_remembered(int form)
    {
        byte[] Tensor(float value) =>
            form switch
            {
                0 => EventBytes.FloatTensor(value),
                1 => EventBytes.PackedFloatTensor(value),
                2 => EventBytes.FloatContentTensor(value),
                _ => EventBytes.DoubleTensor(value),
            };
        var found = Read(new EventBytes().Tensor("acc", 1, Tensor(0.25f), "scalars").Tensor("acc", 2, Tensor(0.75f)), out _);
        found.ShouldBe([(EventKind.Scalar, "acc", 1, 1.5, 0.25), (EventKind.Scalar, "acc", 2, 1.5, 0.75)]);
    }

    [Fact]
    public void several_values_of_one_event_share_its_step_even_where_the_step_stands_behind_them()
    {
        byte[] Value(string tag, float value) => [.. EventBytes.Bytes(1, Encoding.UTF8.GetBytes(tag)), .. EventBytes.Float(2, value)];
        var summary = EventBytes.Bytes(5, [.. EventBytes.Bytes(1, Value("a", 1)), .. EventBytes.Bytes(1, Value("b", 2))]);
        var found = Read(new EventBytes().Record([.. summary, .. EventBytes.Varint(2, 7), .. EventBytes.Double(1, 3)]), out _);
        found.ShouldBe([(EventKind.Scalar, "a", 7, 3, 1), (EventKind.Scalar, "b", 7, 3, 2)]);
    }

    [Fact]
    public void negative_steps_and_unknown_fields_are_read()
    {
        var found = Read(
            new EventBytes()
                .Simple("x", -5, 1)
                .Record([.. EventBytes.Double(1, 2), .. EventBytes.Bytes(4, "graph"u8), .. EventBytes.Bytes(99, "new"u8)]),
            out _
        );
        found.Select(static value => (value.Kind, value.Step)).ShouldBe([(EventKind.Scalar, -5L), (EventKind.Other, 0L)]);
    }

    [Fact]
    public void metadata_of_a_tag_stay_as_the_first_summary_said()
    {
        var tags = new TagTable(EventLimits.Default);
        var bytes = new EventBytes()
            .Tensor("h", 0, EventBytes.FloatTensor(1), "histograms", [1, 2, 3], 2)
            .Tensor("h", 1, EventBytes.FloatTensor(1), "other")
            .ToArray();
        var cursor = new EventCursor(bytes, tags);
        cursor.MoveNext().ShouldBeTrue();
        cursor.Kind.ShouldBe(EventKind.Tensor);
        cursor.MoveNext().ShouldBeTrue();
        (cursor.Tag.PluginName, cursor.Tag.DataClass).ShouldBe(("histograms", DataClass.Tensor));
        cursor.Tag.PluginData.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void every_truncation_is_incomplete_and_gives_the_values_before_it()
    {
        var file = new EventBytes().Version();
        var first = file.Length;
        var second = file.Simple("a", 1, 1).Length;
        var bytes = file.Simple("a", 2, 2).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var cursor = new EventCursor(bytes.AsSpan(0, length), new TagTable(EventLimits.Default));
            var count = 0;
            while (cursor.MoveNext())
            {
                count++;
            }

            count.ShouldBe(
                length < first ? 0
                : length < second ? 1
                : 2
            );
            cursor.Consumed.ShouldBe(
                count switch
                {
                    0 => 0,
                    1 => first,
                    _ => second,
                }
            );
            cursor.Status.ShouldBe(cursor.Consumed == length ? EventStatus.End : EventStatus.Incomplete);
        }
    }

    [Fact]
    public void a_flipped_bit_anywhere_stops_at_its_record_with_a_reason()
    {
        var start = new EventBytes().Version().Simple("a", 1, 1).Length;
        var bytes = new EventBytes().Version().Simple("a", 1, 1).Simple("a", 2, 2).Simple("a", 3, 3).ToArray();
        var end = new EventBytes().Version().Simple("a", 1, 1).Simple("a", 2, 2).Length;
        for (var bit = start * 8; bit < end * 8; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var cursor = new EventCursor(damaged, new TagTable(EventLimits.Default));
            var count = 0;
            while (cursor.MoveNext())
            {
                count++;
            }

            (count, cursor.Status, cursor.Consumed).ShouldBe((2, EventStatus.Corrupt, start));
            cursor.Reason.ShouldNotBeNullOrEmpty();

            // With the option, what is whole behind it is read.
            cursor = new EventCursor(damaged, new TagTable(EventLimits.Default), new EventLimits { SkipCorrupt = true });
            var steps = new List<long>();
            while (cursor.MoveNext())
            {
                steps.Add(cursor.Step);
            }

            steps.ShouldBe([0, 1, 3]);
            (cursor.Status, cursor.Skipped > 0).ShouldBe((EventStatus.End, true));
        }
    }

    [Fact]
    public void a_length_over_the_limit_is_damage_even_with_a_right_checksum()
    {
        var header = new byte[12];
        BitConverter.TryWriteBytes(header, 1UL << 40);
        BitConverter.TryWriteBytes(header.AsSpan(8), EventBytes.Masked(header.AsSpan(0, 8)));
        var cursor = new EventCursor(header, new TagTable(EventLimits.Default));
        cursor.MoveNext().ShouldBeFalse();
        cursor.Status.ShouldBe(EventStatus.Corrupt);
        cursor.Reason!.ShouldContain("1099511627776");
    }

    [Fact]
    public void too_many_tags_are_refused()
    {
        var file = new EventBytes();
        for (var i = 0; i < 12; i++)
        {
            file.Simple($"t{i}", 0, 1);
        }

        var limits = new EventLimits { MaxTags = 10 };
        var cursor = new EventCursor(file.ToArray(), new TagTable(limits), limits);
        var count = 0;
        while (cursor.MoveNext())
        {
            count++;
        }

        (count, cursor.Status).ShouldBe((10, EventStatus.Corrupt));
        cursor.Reason!.ShouldContain("t10");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void random_damage_never_crashes_nor_loops(bool skip)
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var whole = new EventBytes()
            .Version()
            .Simple("loss", 1, 1)
            .Tensor("t", 2, EventBytes.StringTensor([1, 2], [3]), "text", [9], 2)
            .Tensor("s", 3, EventBytes.DoubleTensor(4), "scalars")
            .SessionStart(2)
            .Values(4, 1, [.. EventBytes.Bytes(1, "h"u8), .. EventBytes.Bytes(5, EventBytes.Double(1, 2))])
            .ToArray();
        var limits = new EventLimits { SkipCorrupt = skip, MaxRecordBytes = 4096 };
        for (var round = 0; round < 30_000; round++)
        {
            var bytes = (byte[])whole.Clone();
            var changes = random.Next(1, 8);
            for (var i = 0; i < changes; i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(2) == 0)
            {
                // Damage that the checksums do not show: inside the payload, summed up anew.
                var payload = bytes[..random.Next(1, 80)];
                bytes = new EventBytes().Record(payload).Simple("loss", 1, 1).ToArray();
            }

            var cursor = new EventCursor(bytes.AsSpan(0, random.Next(bytes.Length + 1)), new TagTable(limits), limits);
            var steps = 0;
            while (cursor.MoveNext())
            {
                (++steps).ShouldBeLessThan(1000, $"seed {seed}");
                TensorProto.TryScalar(cursor.Payload, out _);
                TensorProto.Strings(cursor.Payload);
            }

            cursor.Status.ShouldNotBe(EventStatus.Reading, $"seed {seed}");
        }
    }

    private static List<(EventKind Kind, string Tag, long Step, double Time, double Value)> Read(EventBytes file, out EventStatus status)
    {
        var found = new List<(EventKind, string, long, double, double)>();
        var cursor = new EventCursor(file.ToArray(), new TagTable(EventLimits.Default));
        while (cursor.MoveNext())
        {
            var valued = cursor.Kind is EventKind.Scalar;
            found.Add((cursor.Kind, valued ? cursor.Tag.Name : "", cursor.Step, cursor.WallTime, valued ? cursor.Scalar : 0));
        }

        status = cursor.Status;
        return found;
    }
}
