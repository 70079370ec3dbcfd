namespace Cairn.Data;

/// <summary>
/// The storage classes. Everything is stored alike here: a class is what clients read back, what lifecycle rules ask about, and what they
/// change.
/// </summary>
public static class StorageClass
{
    public const string Default = "STANDARD";

    /// <summary>All, in upper case; those of former times are of the same rank as <see cref="Default"/>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [Default, "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY"];

    /// <summary>
    /// Whether a lifecycle rule may turn one into the other: to a colder one, or from one of former times to the standard.
    /// </summary>
    public static bool MayBecome(string from, string to) => Rank(to) > Rank(from) || (to == Default && from != Default && Rank(from) == 0);

    private static int Rank(string name) =>
        name switch
        {
            "NEARLINE" => 1,
            "COLDLINE" => 2,
            "ARCHIVE" => 3,
            _ => 0,
        };
}
