namespace Cairn.Bench;

/// <summary>One row of the table: what is measured, beside what, and what must hold.</summary>
internal interface IBenchmark
{
    /// <summary>The row's name, as <c>make bench NAME=…</c> takes it.</summary>
    string Name { get; }

    /// <summary>Measures; may give several results (variants of one row).</summary>
    Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation);
}
