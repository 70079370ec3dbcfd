using System.Text;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Cuts a program's output into lines. What is no UTF-8 becomes U+FFFD; a line longer than <see cref="MaxLine"/> is given in pieces; where a progress bar
/// overwrites its line with carriage returns, only the last state is given.
/// </summary>
internal sealed class LineSplitter(Action<string> line)
{
    public const int MaxLine = 32 << 10;

    private readonly byte[] buffer = new byte[MaxLine];
    private int length;

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

            Emit(length);
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Gives what is left after the last line end.</summary>
    public void Complete()
    {
        if (length > 0)
        {
            Emit(length);
        }
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            if (length == MaxLine && !DropOverwritten())
            {
                Emit(CharacterBoundary());
            }

            var taken = Math.Min(piece.Length, MaxLine - length);
            piece[..taken].CopyTo(buffer.AsSpan(length));
            length += taken;
            piece = piece[taken..];
        }
    }

    /// <summary>Forgets what a carriage return allows to be overwritten.</summary>
    private bool DropOverwritten()
    {
        var last = buffer.AsSpan(0, length - 1).LastIndexOf((byte)'\r');
        if (last < 0)
        {
            return false;
        }

        buffer.AsSpan((last + 1)..length).CopyTo(buffer);
        length -= last + 1;
        return true;
    }

    /// <summary>The greatest length that does not cut a UTF-8 sequence.</summary>
    private int CharacterBoundary()
    {
        for (var i = 1; i <= 3; i++)
        {
            var b = buffer[length - i];
            if ((b & 0xC0) == 0xC0)
            {
                return length - i;
            }

            if ((b & 0x80) == 0)
            {
                break;
            }
        }

        return length;
    }

    private void Emit(int upTo)
    {
        var content = buffer.AsSpan(0, upTo).TrimEnd((byte)'\r');
        content = content[(content.LastIndexOf((byte)'\r') + 1)..];
        line(Encoding.UTF8.GetString(content));
        buffer.AsSpan(upTo..length).CopyTo(buffer);
        length -= upTo;
    }
}
