namespace Cairn.Processes.Sandboxing;

/// <summary>
/// Variables of the environment that make a program load code or data of the user's before it has done anything (ld.so(8), locale(7)). They
/// are for the user's program alone: the one that becomes the task's user first must not see them, since it still may become any.
/// </summary>
internal static class LoaderVariables
{
    private static readonly string[] Names =
    [
        "GLIBC_TUNABLES",
        "GCONV_PATH",
        "LOCPATH",
        "NLSPATH",
        "MALLOC_TRACE",
        "RES_OPTIONS",
        "HOSTALIASES",
    ];

    public static bool Has(string name) => name.StartsWith("LD_", StringComparison.Ordinal) || Names.Contains(name);
}
