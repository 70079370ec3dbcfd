using System.Buffers;
using System.Text;
using Cairn.Data;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>
/// A table of CSV files. The first record of the first file names the columns; a file that begins with the same record repeats it, any
/// other begins with data (the metadata schema of tabular data sets has it so).
/// </summary>
/// <param name="files">What to read; at least one.</param>
/// <param name="sources">Opens them.</param>
/// <param name="column">The column to give as <see cref="Key"/>, or null.</param>
internal sealed class CsvRows(IReadOnlyList<StoredObject> files, SourceFiles sources, string? column) : ITableRows
{
    /// <summary>Between the values of a row when its fingerprint is taken: ASCII's unit separator.</summary>
    public const byte Separator = 0x1f;

    private readonly ArrayBufferWriter<byte> _joined = new(1024);
    private Stream? _stream;
    private CsvReader? _reader;
    private string[]? _columns;
    private int _key = -1;
    private int _file = -1;

    public ReadOnlyMemory<byte> Header { get; private set; }

    public string Place => $"{SourceFiles.Address(files[_file])}, line {_reader!.Line}";

    public ReadOnlySpan<byte> Record => _reader!.Record;

    public ReadOnlySpan<byte> Key => _key < 0 ? [] : _reader![_key];

    public long Fingerprint
    {
        get
        {
            _joined.ResetWrittenCount();
            for (var i = 0; i < _reader!.Count; i++)
            {
                if (i > 0)
                {
                    _joined.Write([Separator]);
                }

                _joined.Write(_reader[i]);
            }

            return FarmFingerprint.Of(_joined.WrittenSpan);
        }
    }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_reader is null && !await NextFileAsync(cancellation))
            {
                return false;
            }

            if (!await NextAsync(cancellation))
            {
                await CloseAsync();
                continue;
            }

            if (_columns is null)
            {
                ReadHeader();
            }
            else if (_reader!.Count != _columns.Length)
            {
                throw StatusException.InvalidArgument(
                    $"{Place}: the record has {_reader.Count} fields; the header has {_columns.Length} columns."
                );
            }
            else if (_reader.Line > 1 || !IsHeader())
            {
                return true;
            }
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        try
        {
            return await _reader!.ReadAsync(cancellation);
        }
        catch (StatusException error)
        {
            throw new StatusException(error.Code, $"{Place}: {error.Message}");
        }
    }

    private async ValueTask<bool> NextFileAsync(CancellationToken cancellation)
    {
        if (_file + 1 >= files.Count)
        {
            return _columns is null
                ? throw StatusException.InvalidArgument($"{SourceFiles.Address(files[0])} is empty; its first line must name the columns.")
                : false;
        }

        _file++;
        _stream = await sources.OpenAsync(files[_file], cancellation);
        _reader = new CsvReader(_stream);
        return true;
    }

    private void ReadHeader()
    {
        _columns = new string[_reader!.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = Encoding.UTF8.GetString(_reader[i]);
        }

        Header = (byte[])[.. _reader.Record, (byte)'\n'];
        if (column is not null)
        {
            _key = Array.IndexOf(_columns, column);
            if (_key < 0)
            {
                const int shown = 50;
                throw StatusException.InvalidArgument(
                    $"The data set has no column '{column}'; it has {string.Join(", ", _columns.Take(shown).Select(static name => $"'{name}'"))}{(_columns.Length > shown ? ", …" : "")}."
                );
            }
        }
    }

    private bool IsHeader()
    {
        for (var i = 0; i < _columns!.Length; i++)
        {
            if (Encoding.UTF8.GetString(_reader![i]) != _columns[i])
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask CloseAsync()
    {
        _reader = null;
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
            _stream = null;
        }
    }
}
