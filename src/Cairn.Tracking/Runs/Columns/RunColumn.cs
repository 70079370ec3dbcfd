namespace Cairn.Tracking.Runs.Columns;

/// <summary>
/// One number of many runs, in chunks as they are stored: nothing is unpacked that is not looked at, and nothing is large.
/// </summary>
/// <param name="Chunks">Ascending.</param>
internal sealed record RunColumn(IReadOnlyList<(long Chunk, byte[] Body)> Chunks)
{
    public static RunColumn Empty { get; } = new([]);

    /// <summary>Goes through the column by ascending chunks.</summary>
    public struct Reader(RunColumn column)
    {
        private int _next;

        /// <summary>
        /// Unpacks a chunk's values, NaN where a run has none; returns which runs have one. Called with ascending chunks.
        /// </summary>
        public RunMask Read(long chunk, Span<double> values)
        {
            while (_next < column.Chunks.Count && column.Chunks[_next].Chunk < chunk)
            {
                _next++;
            }

            return RunColumnChunk.Unpack(
                _next < column.Chunks.Count && column.Chunks[_next].Chunk == chunk ? column.Chunks[_next].Body : [],
                values
            );
        }
    }
}
