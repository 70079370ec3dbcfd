namespace Cairn.Data.Retention;

/// <summary>How long one object is kept from deletion and replacement.</summary>
/// <param name="Until">Microseconds since 1970.</param>
/// <param name="Locked">Whether it can only become longer.</param>
public sealed record ObjectRetention(long Until, bool Locked = false);
