using System.Text.Json;
using Cairn.Data;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>A table of JSON Lines files: an object a line. The fingerprint is that of the line as it is written.</summary>
internal sealed class JsonRows(IReadOnlyList<StoredObject> files, SourceFiles sources, string? column) : ITableRows
{
    private Stream? _stream;
    private LineReader? _reader;
    private byte[] _key = [];
    private int _file = -1;

    public ReadOnlyMemory<byte> Header => default;

    public string Place => $"{SourceFiles.Address(files[_file])}, line {_reader!.Line}";

    public ReadOnlySpan<byte> Record => _reader!.Record;

    public ReadOnlySpan<byte> Key => _key;

    public long Fingerprint => FarmFingerprint.Of(Record);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_reader is null)
            {
                if (_file + 1 >= files.Count)
                {
                    return false;
                }

                _file++;
                _stream = await sources.OpenAsync(files[_file], cancellation);
                _reader = new LineReader(_stream);
            }

            try
            {
                if (await _reader.ReadAsync(cancellation))
                {
                    _key = ReadObject(_reader.Record);
                    return true;
                }
            }
            catch (Exception error) when (error is StatusException or JsonException or InvalidOperationException)
            {
                throw StatusException.InvalidArgument(
                    $"{Place}: {(error is StatusException ? error.Message : "the line is no JSON object.")}"
                );
            }

            await DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _reader = null;
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
            _stream = null;
        }
    }

    /// <summary>
    /// Checks that the line is one object, and returns its value in the column: a string's text, a number or a truth value as written.
    /// </summary>
    private byte[] ReadObject(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        byte[] value = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = column is not null && json.ValueTextEquals(column);
            json.Read();
            if (wanted && json.TokenType == JsonTokenType.String)
            {
                value = System.Text.Encoding.UTF8.GetBytes(json.GetString()!);
            }
            else if (wanted && json.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            {
                value = json.ValueSpan.ToArray();
            }

            json.Skip();
        }

        // Nothing may follow the object.
        return json.TokenType == JsonTokenType.EndObject && !json.Read() ? value : throw new JsonException();
    }
}
