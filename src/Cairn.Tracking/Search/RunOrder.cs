using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

/// <summary>An entry of <c>order_by</c>: <c>metrics.`val loss` DESC</c>.</summary>
internal readonly record struct RunOrder(RunField Field, bool Descending)
{
    private const int Most = 8;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static IReadOnlyList<RunOrder> Parse(IReadOnlyList<string> entries)
    {
        if (entries.Count > Most)
        {
            throw StatusException.InvalidArgument($"`order_by` has {entries.Count} entries; at most {Most} are accepted.");
        }

        return
        [
            .. entries.Select(static entry =>
            {
                var tokens = SearchLexer.Split(entry);
                var direction = tokens.Count == 3 ? tokens[1].Text.ToUpperInvariant() : "";
                if (tokens[0].Kind != SearchTokenKind.Word || tokens.Count > 3 || (tokens.Count == 3 && direction is not ("ASC" or "DESC")))
                {
                    throw StatusException.InvalidArgument(
                        $"`order_by` has '{entry}'; write a name, and ASC or DESC after it where wanted: 'metrics.loss ASC'."
                    );
                }

                return new RunOrder(RunField.Parse(tokens[0].Text), direction == "DESC");
            }),
        ];
    }
}
