namespace Cairn.Processes.Children;

/// <summary>Says how a process ended.</summary>
internal static class EndOfProcess
{
    private const int SignalBase = 128;

    public static string Describe(int exitCode) =>
        exitCode switch
        {
            SignalBase + 9 => "it was killed (signal 9; often for lack of memory)",
            SignalBase + 11 => "it crashed (signal 11)",
            SignalBase + 6 => "it aborted (signal 6)",
            > SignalBase and < SignalBase + 65 => $"it was ended by signal {exitCode - SignalBase}",
            _ => $"it ended with code {exitCode}",
        };
}
