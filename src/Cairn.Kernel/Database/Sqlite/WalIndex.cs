using System.IO.MemoryMappedFiles;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// The head of the write-ahead log's index, which every connection of every process shares by mapping the file <c>-shm</c>; its layout is that of "WAL-Index Format"
/// (<c>sqlite.org/walformat.html</c>). It changes with every commit, also with one that another process makes: <c>cairn tokens create</c> does.
/// </summary>
internal sealed class WalIndex : IDisposable
{
    /// <summary>What this reading has been written for; another version of the format is not read.</summary>
    private const uint Version = 3_007_000;

    private const int ChangeOffset = 8;
    private const int ChecksumOffset = 40;
    private const int Length = 48;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly bool isKnown;

    /// <param name="database">The database's file. A connection in WAL mode must have it open, and be closed before this is disposed: closing a file gives up the locks that a process holds on it.</param>
    public WalIndex(string database)
    {
        var handle = File.OpenHandle(database + "-shm", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        isKnown = view.ReadUInt32(0) == Version;
    }

    /// <summary>Where the log stands: two readings are equal only where nothing was committed between them. Null where that cannot be told.</summary>
    /// <remarks>The two numbers are not read as one; halves of different commits are equal to no whole one's but by the chance that checksums collide.</remarks>
    public ulong? Stand()
    {
        if (!isKnown)
        {
            return null;
        }

        Thread.MemoryBarrier();
        return ((ulong)view.ReadUInt32(ChangeOffset) << 32) | view.ReadUInt32(ChecksumOffset);
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
