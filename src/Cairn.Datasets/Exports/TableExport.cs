using Cairn.Data;
using Cairn.Datasets.Rows;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Exports;

/// <summary>Splits a table's rows into files: every row is written as it stands, into the set that the rule says.</summary>
internal sealed class TableExport(SourceFiles sources)
{
    private const string Json = "jsonl";
    private const string Csv = "csv";

    private static readonly string[] JsonEndings = [".jsonl", ".ndjson", ".json"];

    /// <param name="files">The table.</param>
    /// <param name="rule">How to split, or null for not at all.</param>
    /// <param name="shards">Where to.</param>
    /// <param name="directory">Where the files will be.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StatusException">What is wrong with the data, and where.</exception>
    public async Task<StagedExport> WriteAsync(
        IReadOnlyList<StoredObject> files,
        ISplitRule? rule,
        ShardSets shards,
        GsUri directory,
        CancellationToken cancellation
    )
    {
        var format = FormatOf(files);
        if (rule is { Surveys: true })
        {
            await EachAsync(
                files,
                format,
                rule,
                row =>
                {
                    rule.Survey(row.Key, row.Fingerprint);
                    return ValueTask.CompletedTask;
                },
                cancellation
            );
            rule.EndSurvey();
        }

        var begun = false;
        await EachAsync(
            files,
            format,
            rule,
            row =>
            {
                if (!begun)
                {
                    shards.SetHeader(row.Header);
                    begun = true;
                }

                return shards.WriteAsync(rule?.Assign(row.Key, row.Fingerprint), row.Record, cancellation);
            },
            cancellation
        );
        return begun
            ? await shards.CompleteAsync(directory, format, cancellation)
            : throw StatusException.InvalidArgument(
                $"The data set has no rows: {SourceFiles.Address(files[0])}{(files.Count > 1 ? $" and {files.Count - 1} more files have" : " has")} none."
            );
    }

    private async Task EachAsync(
        IReadOnlyList<StoredObject> files,
        string format,
        ISplitRule? rule,
        Func<ITableRows, ValueTask> take,
        CancellationToken cancellation
    )
    {
        var rows = format == Json ? (ITableRows)new JsonRows(files, sources, rule?.Column) : new CsvRows(files, sources, rule?.Column);
        await using (rows)
        {
            while (await rows.ReadAsync(cancellation))
            {
                try
                {
                    await take(rows);
                }
                catch (StatusException error)
                {
                    throw new StatusException(error.Code, $"{rows.Place}: {error.Message}");
                }
            }
        }
    }

    private static string FormatOf(IReadOnlyList<StoredObject> files)
    {
        var json = files
            .Where(static file => JsonEndings.Any(ending => file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        return json.Count == 0 ? Csv
            : json.Count == files.Count ? Json
            : throw StatusException.InvalidArgument(
                $"The data set has JSON Lines and CSV files ('{SourceFiles.Address(json[0])}' and '{SourceFiles.Address(files.Except(json).First())}'); all of its files must be of one kind."
            );
    }
}
