using System.Buffers;
using System.Text;
using Cairn.Data;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>
/// A table of CSV files. The first record of the first file names the columns; a file that begins with the same record repeats it, any other begins with data (the metadata
/// schema of tabular data sets has it so).
/// </summary>
/// <param name="files">What to read; at least one.</param>
/// <param name="sources">Opens them.</param>
/// <param name="column">The column to give as <see cref="Key"/>, or null.</param>
internal sealed class CsvRows(IReadOnlyList<StoredObject> files, SourceFiles sources, string? column) : ITableRows
{
    /// <summary>Between the values of a row when its fingerprint is taken: ASCII's unit separator.</summary>
    public const byte Separator = 0x1f;

    private readonly ArrayBufferWriter<byte> joined = new(1024);
    private Stream? stream;
    private CsvReader? reader;
    private string[]? columns;
    private int key = -1;
    private int file = -1;

    public ReadOnlyMemory<byte> Header { get; private set; }

    public string Place => $"{SourceFiles.Address(files[file])}, line {reader!.Line}";

    public ReadOnlySpan<byte> Record => reader!.Record;

    public ReadOnlySpan<byte> Key => key < 0 ? [] : reader![key];

    public long Fingerprint
    {
        get
        {
            joined.ResetWrittenCount();
            for (var i = 0; i < reader!.Count; i++)
            {
                if (i > 0)
                {
                    joined.Write([Separator]);
                }

                joined.Write(reader[i]);
            }

            return FarmFingerprint.Of(joined.WrittenSpan);
        }
    }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (reader is null && !await NextFileAsync(cancellation).ConfigureAwait(false))
            {
                return false;
            }

            if (!await NextAsync(cancellation).ConfigureAwait(false))
            {
                await CloseAsync().ConfigureAwait(false);
                continue;
            }

            if (columns is null)
            {
                ReadHeader();
            }
            else if (reader!.Count != columns.Length)
            {
                throw StatusException.InvalidArgument($"{Place}: the record has {reader.Count} fields; the header has {columns.Length} columns.");
            }
            else if (reader.Line > 1 || !IsHeader())
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
            return await reader!.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (StatusException error)
        {
            throw new StatusException(error.Code, $"{Place}: {error.Message}");
        }
    }

    private async ValueTask<bool> NextFileAsync(CancellationToken cancellation)
    {
        if (file + 1 >= files.Count)
        {
            return columns is null ? throw StatusException.InvalidArgument($"{SourceFiles.Address(files[0])} is empty; its first line must name the columns.") : false;
        }

        file++;
        stream = await sources.OpenAsync(files[file], cancellation).ConfigureAwait(false);
        reader = new CsvReader(stream);
        return true;
    }

    private void ReadHeader()
    {
        columns = new string[reader!.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Encoding.UTF8.GetString(reader[i]);
        }

        Header = (byte[])[.. reader.Record, (byte)'\n'];
        if (column is not null)
        {
            key = Array.IndexOf(columns, column);
            if (key < 0)
            {
                const int shown = 50;
                throw StatusException.InvalidArgument(
                    $"The data set has no column '{column}'; it has {string.Join(", ", columns.Take(shown).Select(static name => $"'{name}'"))}{(columns.Length > shown ? ", …" : "")}.");
            }
        }
    }

    private bool IsHeader()
    {
        for (var i = 0; i < columns!.Length; i++)
        {
            if (Encoding.UTF8.GetString(reader![i]) != columns[i])
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask CloseAsync()
    {
        reader = null;
        if (stream is not null)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            stream = null;
        }
    }
}
