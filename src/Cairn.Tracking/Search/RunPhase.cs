namespace Cairn.Tracking.Search;

/// <summary>Parts of a search, one after the other.</summary>
internal enum RunPhase
{
    /// <summary>Runs whose ordering metric is a number.</summary>
    Numbers = 0,

    /// <summary>Runs whose ordering metric is NaN.</summary>
    NotNumbers = 1,

    /// <summary>Runs without the ordering metric.</summary>
    Missing = 2,

    /// <summary>The only phase of an order that begins with something else.</summary>
    Plain = 3,
}
