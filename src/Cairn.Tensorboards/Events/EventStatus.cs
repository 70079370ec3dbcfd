namespace Cairn.Tensorboards.Events;

/// <summary>Why a cursor has stopped.</summary>
public enum EventStatus
{
    /// <summary>It has not.</summary>
    Reading,

    /// <summary>All of the buffer is read, up to a record's end.</summary>
    End,

    /// <summary>The buffer ends inside a record: more may come. Go on at <see cref="EventCursor.Consumed"/>.</summary>
    Incomplete,

    /// <summary>A record is longer than the limit: the reader passes over it, and memory stays within the limit.</summary>
    Oversized,

    /// <summary>A record is damaged; see <see cref="EventCursor.Reason"/>.</summary>
    Corrupt,
}
