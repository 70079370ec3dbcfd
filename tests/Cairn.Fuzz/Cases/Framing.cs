namespace Cairn.Fuzz.Cases;

/// <summary>How a request's body is announced, rightly and wrongly.</summary>
internal enum Framing
{
    /// <summary>By its length.</summary>
    Length,

    /// <summary>In chunks.</summary>
    Chunked,

    /// <summary>By a length that is larger; the connection is then closed for writing.</summary>
    TooLong,

    /// <summary>By a length that is smaller; the rest stands where the next request would.</summary>
    TooShort,

    /// <summary>By something that is no length.</summary>
    NoLength,
}
