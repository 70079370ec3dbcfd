namespace Cairn.Jobs.Logs;

/// <summary>An entry's place in the order of a project's log.</summary>
internal readonly record struct LogPosition(long Nanoseconds, string InsertId, string Log) : IComparable<LogPosition>
{
    public int CompareTo(LogPosition other)
    {
        var order = Nanoseconds.CompareTo(other.Nanoseconds);
        order = order != 0 ? order : string.CompareOrdinal(InsertId, other.InsertId);
        return order != 0 ? order : string.CompareOrdinal(Log, other.Log);
    }
}
