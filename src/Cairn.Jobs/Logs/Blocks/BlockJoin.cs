namespace Cairn.Jobs.Logs.Blocks;

/// <summary>
/// Joins blocks whose lines follow on each other. A program that flushes after each line makes a frame of each in the spool, and a row of
/// each in the store would cost many times the line.
/// </summary>
internal static class BlockJoin
{
    /// <summary>The same lines in as few blocks as hold them.</summary>
    public static List<LogBlock> Join(IReadOnlyList<LogBlock> blocks) => [.. Runs(blocks, static block => block).Select(Close)];

    /// <summary>What can be joined, in its order: each run becomes one block.</summary>
    public static List<List<T>> Runs<T>(IReadOnlyList<T> all, Func<T, LogBlock> blockOf)
    {
        var runs = new List<List<T>>();
        var bytes = 0;
        foreach (var one in all)
        {
            var block = blockOf(one);
            if (
                runs.Count > 0
                && Follows(blockOf(runs[^1][0]), blockOf(runs[^1][^1]), block)
                && bytes + block.Lines.Length <= LogBlock.FullBytes
            )
            {
                runs[^1].Add(one);
                bytes += block.Lines.Length;
            }
            else
            {
                runs.Add([one]);
                bytes = block.Lines.Length;
            }
        }

        return runs;
    }

    /// <summary>The lines of a run as one block.</summary>
    public static LogBlock Close(List<LogBlock> run)
    {
        if (run is [var only])
        {
            return only;
        }

        var writer = new LogBlockWriter(run[0].Attempt, run[0].Ordinal, run[0].Source);
        foreach (var line in run.SelectMany(static block => block.Read()))
        {
            writer.Add(line);
        }

        return LogBlock.TryReadFrame(writer.Finish())!.Value.Block;
    }

    private static bool Follows(LogBlock first, LogBlock last, LogBlock next) =>
        next.Attempt == last.Attempt
        && next.Ordinal == last.Ordinal
        && next.Source == last.Source
        && next.First == last.Last + 1
        && next.Begins > last.Ends
        && next.Ends - first.Begins <= LogBlock.MaxSpan
        && next.Last - first.First < LogBlock.MaxLines;
}
