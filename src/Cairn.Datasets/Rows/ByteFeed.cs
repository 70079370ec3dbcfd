using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>A stream seen through a buffer that grows with the longest record, and no further than <see cref="MaxRecord"/>.</summary>
internal sealed class ByteFeed(Stream stream)
{
    /// <summary>The longest record, in bytes.</summary>
    public const int MaxRecord = 16 * 1024 * 1024;

    private const int InitialSize = 256 * 1024;

    private byte[] buffer = new byte[InitialSize];
    private int start;
    private int end;

    /// <summary>Whether the stream has nothing more than what is held.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>What has been read and not consumed.</summary>
    public ReadOnlySpan<byte> Held => buffer.AsSpan(start, end - start);

    public void Consume(int count) => start += count;

    /// <summary>Reads on, keeping what is held.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where what is held is as long as a record may be.</exception>
    public async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            if (end >= MaxRecord)
            {
                throw StatusException.InvalidArgument($"the record is longer than {MaxRecord} bytes, the most that one may have.");
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
        AtEnd = read == 0;
        end += read;
    }
}
