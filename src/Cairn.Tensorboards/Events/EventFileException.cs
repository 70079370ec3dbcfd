namespace Cairn.Tensorboards.Events;

/// <summary>A damaged event file: which, where, and what is wrong.</summary>
public sealed class EventFileException(string file, long offset, string reason)
    : Exception($"The event file '{file}' is damaged at byte {offset}: {reason}. Give --skip-corrupt to go on behind it.")
{
    public string File { get; } = file;

    public long Offset { get; } = offset;
}
