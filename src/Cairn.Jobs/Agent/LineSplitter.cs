using System.Text;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Cuts a program's output into lines. What is no UTF-8 becomes U+FFFD; a line longer than <see cref="MaxLine"/> is given in pieces; where
/// a progress bar overwrites its line with carriage returns, only the last state is given.
/// </summary>
internal sealed class LineSplitter(Action<string> line)
{
    public const int MaxLine = 32 << 10;

    private readonly byte[] _buffer = new byte[MaxLine];
    private int _length;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var piece = end < 0 ? bytes : bytes[..end];
            Append(piece);
            if (end < 0)
            {
                return;
            }

            Emit(_length);
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Gives what is left after the last line end.</summary>
    public void Complete()
    {
        if (_length > 0)
        {
            Emit(_length);
        }
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            if (_length == MaxLine && !DropOverwritten())
            {
                Emit(CharacterBoundary());
            }

            var taken = Math.Min(piece.Length, MaxLine - _length);
            piece[..taken].CopyTo(_buffer.AsSpan(_length));
            _length += taken;
            piece = piece[taken..];
        }
    }

    /// <summary>Forgets what a carriage return allows to be overwritten.</summary>
    private bool DropOverwritten()
    {
        var last = _buffer.AsSpan(0, _length - 1).LastIndexOf((byte)'\r');
        if (last < 0)
        {
            return false;
        }

        _buffer.AsSpan((last + 1).._length).CopyTo(_buffer);
        _length -= last + 1;
        return true;
    }

    /// <summary>The greatest length that does not cut a UTF-8 sequence.</summary>
    private int CharacterBoundary()
    {
        for (var i = 1; i <= 3; i++)
        {
            var b = _buffer[_length - i];
            if ((b & 0xC0) == 0xC0)
            {
                return _length - i;
            }

            if ((b & 0x80) == 0)
            {
                break;
            }
        }

        return _length;
    }

    private void Emit(int upTo)
    {
        var content = _buffer.AsSpan(0, upTo).TrimEnd((byte)'\r');
        content = content[(content.LastIndexOf((byte)'\r') + 1)..];
        line(Encoding.UTF8.GetString(content));
        _buffer.AsSpan(upTo.._length).CopyTo(_buffer);
        _length -= upTo;
    }
}
