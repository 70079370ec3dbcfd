using System.IO.MemoryMappedFiles;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// The head of the write-ahead log's index, which every connection of every process shares by mapping the file <c>-shm</c>; its layout is
/// that of "WAL-Index Format" (<c>sqlite.org/walformat.html</c>). It changes with every commit, also with one that another process makes:
/// <c>cairn tokens create</c> does.
/// </summary>
internal sealed class WalIndex : IDisposable
{
    /// <summary>What this reading has been written for; another version of the format is not read.</summary>
    private const uint Version = 3_007_000;

    private const int ChangeOffset = 8;
    private const int PageSizeOffset = 14;
    private const int FramesOffset = 16;
    private const int ChecksumOffset = 40;
    private const int Length = 48;

    /// <summary>What stands before each page in the log.</summary>
    private const int FrameHeader = 24;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="database">The database's file. A connection in WAL mode must have it open, and be closed before this is disposed:
    /// closing a file gives up the locks that a process holds on it.</param>
    public WalIndex(string database)
    {
        var handle = File.OpenHandle(database + "-shm", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        IsKnown = _view.ReadUInt32(0) == Version;
    }

    /// <summary>Whether the index has the format that is read here.</summary>
    public bool IsKnown { get; }

    /// <summary>
    /// The bytes of the log that hold what was committed since it last started over; its file may be longer. 0 where that cannot be told.
    /// </summary>
    public long LogBytes => IsKnown ? _view.ReadUInt32(FramesOffset) * (FrameHeader + PageSize) : 0;

    /// <summary>In bytes; the file's 1 stands for 65,536, which two bytes do not hold.</summary>
    private long PageSize => _view.ReadUInt16(PageSizeOffset) is var size && size == 1 ? 65_536 : size;

    /// <summary>
    /// Where the log stands: two readings are equal only where nothing was committed between them. Null where that cannot be told.
    /// </summary>
    /// <remarks>The two numbers are not read as one; halves of different commits are equal to no whole one's but by the chance that
    /// checksums collide.</remarks>
    public ulong? Stand()
    {
        if (!IsKnown)
        {
            return null;
        }

        Thread.MemoryBarrier();
        return ((ulong)_view.ReadUInt32(ChangeOffset) << 32) | _view.ReadUInt32(ChecksumOffset);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
