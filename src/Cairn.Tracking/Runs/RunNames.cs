namespace Cairn.Tracking.Runs;

/// <summary>A name for a run that was given none: easy to say and to tell apart.</summary>
internal static class RunNames
{
    private static readonly string[] Adjectives =
    [
        "agile", "amber", "bold", "brisk", "calm", "clear", "crisp", "deft", "eager", "early", "fair", "fleet", "fresh", "gentle", "golden", "grand", "hardy", "high", "keen", "kind",
        "light", "lively", "lucky", "mellow", "merry", "mild", "neat", "noble", "polite", "proud", "quick", "quiet", "rare", "ready", "robust", "serene", "sharp", "silent", "sleek", "smooth",
        "snowy", "spry", "stable", "steady", "stoic", "sunny", "swift", "tidy", "tranquil", "upbeat", "valiant", "vivid", "warm", "wise",
    ];

    private static readonly string[] Nouns =
    [
        "badger", "basalt", "beech", "bison", "brook", "cedar", "chamois", "cliff", "col", "crag", "crane", "curlew", "dale", "eagle", "falcon", "fell", "fern", "finch", "fjord", "fox",
        "glacier", "gneiss", "granite", "grouse", "gull", "hare", "heron", "ibex", "kestrel", "larch", "lark", "ledge", "lynx", "marmot", "marten", "moor", "moraine", "moss", "otter", "owl",
        "pass", "peak", "pine", "plover", "raven", "ridge", "schist", "scree", "shale", "slate", "snipe", "spruce", "stoat", "stone", "summit", "tarn", "thrush", "trail", "vale", "wren",
    ];

    /// <summary>Decided by the run's id.</summary>
    public static string Of(string uuid)
    {
        var number = Convert.ToUInt32(uuid[..8], 16);
        return $"{Adjectives[number % Adjectives.Length]}-{Nouns[number / (uint)Adjectives.Length % Nouns.Length]}-{number / 4_000 % 1_000}";
    }
}
