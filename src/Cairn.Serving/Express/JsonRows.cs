namespace Cairn.Serving.Express;

/// <summary>Reads <c>{"instances": [[1, 2], [3, 4]]}</c> and nothing else.</summary>
internal ref struct JsonRows(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>Reads the instances of a body; false where it is anything but rows of numbers.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, NumberRows rows)
    {
        var reader = new JsonRows(body);
        return reader.Take('{') && reader.TakeName() && reader.Take(':') && reader.TakeRows(rows) && reader.Take('}') && reader.AtEnd();
    }

    private bool TakeRows(NumberRows rows)
    {
        if (!Take('['))
        {
            return false;
        }

        do
        {
            var row = rows.Add();
            if (row.IsEmpty || !TakeRow(row, rows.Shape))
            {
                return false;
            }
        } while (Take(','));

        return Take(']');
    }

    private bool TakeRow(Span<float> row, ReadOnlySpan<int> shape)
    {
        if (!Take('['))
        {
            return false;
        }

        if (shape.Length > 1)
        {
            var width = row.Length / shape[0];
            for (var i = 0; i < shape[0]; i++)
            {
                if ((i > 0 && !Take(',')) || !TakeRow(row.Slice(i * width, width), shape[1..]))
                {
                    return false;
                }
            }

            return Take(']');
        }

        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0 && !Take(','))
            {
                return false;
            }

            SkipSpace();
            var length = DecimalText.Read(_text[_at..], out var number);
            if (length == 0)
            {
                return false;
            }

            row[i] = (float)number;
            if (!float.IsFinite(row[i]))
            {
                return false;
            }

            _at += length;
        }

        return Take(']');
    }

    private bool TakeName()
    {
        SkipSpace();
        var name = "\"instances\""u8;
        if (!_text[_at..].StartsWith(name))
        {
            return false;
        }

        _at += name.Length;
        return true;
    }

    private bool Take(char mark)
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != mark)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool AtEnd()
    {
        SkipSpace();
        return _at == _text.Length;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }
    }
}
