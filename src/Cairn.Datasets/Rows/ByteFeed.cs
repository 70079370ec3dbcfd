using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>A stream seen through a buffer that grows with the longest record, and no further than <see cref="MaxRecord"/>.</summary>
internal sealed class ByteFeed(Stream stream)
{
    /// <summary>The longest record, in bytes.</summary>
    public const int MaxRecord = 16 * 1024 * 1024;

    private const int InitialSize = 256 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;

    /// <summary>Whether the stream has nothing more than what is held.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>What has been read and not consumed.</summary>
    public ReadOnlySpan<byte> Held => _buffer.AsSpan(_start, _end - _start);

    public void Consume(int count) => _start += count;

    /// <summary>Reads on, keeping what is held.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where what is held is as long as a record may be.</exception>
    public async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxRecord)
            {
                throw StatusException.InvalidArgument($"the record is longer than {MaxRecord} bytes, the most that one may have.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        AtEnd = read == 0;
        _end += read;
    }
}
