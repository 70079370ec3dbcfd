namespace Cairn.Serving.Express;

/// <summary>Reads <c>{"instances": [[1, 2], [3, 4]]}</c> and nothing else.</summary>
internal ref struct JsonRows(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> text = text;
    private int at;

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
        }
        while (Take(','));

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
            var length = DecimalText.Read(text[at..], out var number);
            if (length == 0)
            {
                return false;
            }

            row[i] = (float)number;
            if (!float.IsFinite(row[i]))
            {
                return false;
            }

            at += length;
        }

        return Take(']');
    }

    private bool TakeName()
    {
        SkipSpace();
        var name = "\"instances\""u8;
        if (!text[at..].StartsWith(name))
        {
            return false;
        }

        at += name.Length;
        return true;
    }

    private bool Take(char mark)
    {
        SkipSpace();
        if (at == text.Length || text[at] != mark)
        {
            return false;
        }

        at++;
        return true;
    }

    private bool AtEnd()
    {
        SkipSpace();
        return at == text.Length;
    }

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }
    }
}
