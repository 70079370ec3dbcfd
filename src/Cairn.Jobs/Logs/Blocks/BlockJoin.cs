namespace Cairn.Jobs.Logs.Blocks;

/// <summary>
/// Joins blocks whose lines follow on each other. A program that flushes after each line makes a frame of each in the spool, and a row of each in the store would cost many times the line.
/// </summary>
internal static class BlockJoin
{
    /// <summary>The same lines in as few blocks as hold them.</summary>
    public static List<LogBlock> Join(IReadOnlyList<LogBlock> blocks)
    {
        var joined = new List<LogBlock>();
        var run = new List<LogBlock>();
        var bytes = 0;
        foreach (var block in blocks)
        {
            if (run.Count > 0 && !(Follows(run[0], run[^1], block) && bytes + block.Lines.Length <= LogBlock.FullBytes))
            {
                joined.Add(Close(run));
                bytes = 0;
            }

            run.Add(block);
            bytes += block.Lines.Length;
        }

        if (run.Count > 0)
        {
            joined.Add(Close(run));
        }

        return joined;
    }

    private static bool Follows(LogBlock first, LogBlock last, LogBlock next) =>
        next.Attempt == last.Attempt && next.Ordinal == last.Ordinal && next.Source == last.Source && next.First == last.Last + 1 && next.Begins > last.Ends
        && next.Ends - first.Begins <= LogBlock.MaxSpan && next.Last - first.First < LogBlock.MaxLines;

    private static LogBlock Close(List<LogBlock> run)
    {
        var joined = run[0];
        if (run.Count > 1)
        {
            var writer = new LogBlockWriter(joined.Attempt, joined.Ordinal, joined.Source);
            foreach (var line in run.SelectMany(static block => block.Read()))
            {
                writer.Add(line);
            }

            joined = LogBlock.TryReadFrame(writer.Finish())!.Value.Block;
        }

        run.Clear();
        return joined;
    }
}
