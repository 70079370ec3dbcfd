using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Rows;

/// <summary>The rows of a table, one after the other. The spans are valid until the next row is read.</summary>
internal interface ITableRows : IAsyncDisposable
{
    /// <summary>What comes first in every file of such rows, with its line end; empty for nothing.</summary>
    ReadOnlyMemory<byte> Header { get; }

    /// <summary>Where the row is, for people: the file's address and the line.</summary>
    string Place { get; }

    /// <summary>The row as it stands in its file, without its line end.</summary>
    ReadOnlySpan<byte> Record { get; }

    /// <summary>The row's value in the column that was asked for; empty where it has none.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The fingerprint of what the row says, however it is written.</summary>
    long Fingerprint { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    /// <exception cref="StatusException">What is wrong, and where.</exception>
    ValueTask<bool> ReadAsync(CancellationToken cancellation);
}
