using System.Buffers.Binary;
using System.Diagnostics;
using Cairn.Kernel.Checksums;
using Cairn.Tensorboards.Events;

namespace Cairn.Bench.Rows;

/// <summary>
/// Reading an event file of scalars on one core, checksums and all, beside reading the same file's bytes and nothing else. RustBoard, the
/// fastest published reader, states 1.6 GB/s.
/// </summary>
internal sealed class TbRead : IBenchmark
{
    private const int Bytes = 256 << 20;

    public string Name => "tb.read";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-bench-");
        try
        {
            var results = new List<BenchmarkResult>();
            foreach (var form in new[] { "v1", "v2" })
            {
                var path = Path.Combine(folder.FullName, $"events.out.tfevents.{form}");
                Write(path, form == "v2");
                var size = new FileInfo(path).Length / 1e6;
                var (ours, peer, ratio) = await Rounds.CompareAsync(() => OursAsync(path, size), () => PeerAsync(path, size));
                results.Add(
                    new BenchmarkResult(
                        $"{Name} {form}",
                        Rounds.Number(ours, " MB/s"),
                        $"raw reading {Rounds.Number(peer, " MB/s")}; RustBoard 1,600",
                        ratio,
                        ">= 500 MB/s a core",
                        ours >= 500
                    )
                );
            }

            return results;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> OursAsync(string path, double megabytes)
    {
        var clock = Stopwatch.StartNew();
        await using var reader = new EventFileReader(LogFolder.Open(path), new TagTable(EventLimits.Default));
        var (count, sum) = (0L, 0.0);
        while (await reader.FillAsync())
        {
            var cursor = reader.Open();
            while (cursor.MoveNext())
            {
                count++;
                sum += cursor.Scalar;
            }

            reader.Close(cursor);
        }

        return reader.Status == EventStatus.End && count > 1_000_000 && sum > 0
            ? megabytes / clock.Elapsed.TotalSeconds
            : throw new InvalidOperationException("The file was not read to its end.");
    }

    private static async Task<double> PeerAsync(string path, double megabytes)
    {
        var clock = Stopwatch.StartNew();
        await using var file = LogFolder.Open(path);
        var buffer = new byte[1 << 20];
        while (await file.ReadAsync(buffer) > 0) { }

        return megabytes / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Ten tags in turn, as a training writes them.</summary>
    private static void Write(string path, bool tensors)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var tags = new[]
        {
            "train/loss",
            "train/accuracy",
            "train/learning_rate",
            "validation/loss",
            "validation/accuracy",
            "gradients/norm",
            "epoch",
            "throughput/examples_per_second",
            "memory",
            "time/step",
        };
        var record = new byte[256];
        for (long written = 0, i = 0; written < Bytes; i++)
        {
            var length = Fill(record, tags[i % tags.Length], (i / tags.Length) + 1, i, tensors, i < tags.Length);
            file.Write(record, 0, length);
            written += length;
        }
    }

    private static int Fill(Span<byte> record, string tag, long step, long i, bool tensor, bool first)
    {
        Span<byte> value = stackalloc byte[128];
        var at = Field(value, 0, 10, System.Text.Encoding.UTF8.GetBytes(tag));
        if (!tensor)
        {
            value[at++] = 21;
            BinaryPrimitives.WriteSingleLittleEndian(value[at..], i + 0.5f);
            at += 4;
        }
        else
        {
            // dtype float, an empty shape, the value in tensor_content as TensorFlow's second format has it.
            at = Field(value, at, 66, [8, 1, 18, 0, 34, 4, .. BitConverter.GetBytes(i + 0.5f)]);
            if (first)
            {
                at = Field(value, at, 74, [10, 9, 10, 7, .. "scalars"u8]);
            }
        }

        Span<byte> payload = stackalloc byte[200];
        payload[0] = 9;
        BinaryPrimitives.WriteDoubleLittleEndian(payload[1..], 1.7e9 + i);
        payload[9] = 16;
        var end = 10;
        for (var rest = (ulong)step; ; rest >>= 7)
        {
            payload[end++] = rest >= 0x80 ? (byte)(rest | 0x80) : (byte)rest;
            if (rest < 0x80)
            {
                break;
            }
        }

        Span<byte> summary = stackalloc byte[160];
        end = Field(payload, end, 42, summary[..Field(summary, 0, 10, value[..at])]);
        BinaryPrimitives.WriteInt64LittleEndian(record, end);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], MaskedCrc.Of(record[..8]));
        payload[..end].CopyTo(record[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[(12 + end)..], MaskedCrc.Of(payload[..end]));
        return end + 16;
    }

    /// <summary>A field of fewer than 128 bytes; returns where it ends.</summary>
    private static int Field(Span<byte> to, int at, byte key, ReadOnlySpan<byte> bytes)
    {
        to[at] = key;
        to[at + 1] = checked((byte)bytes.Length);
        bytes.CopyTo(to[(at + 2)..]);
        return at + 2 + bytes.Length;
    }
}
