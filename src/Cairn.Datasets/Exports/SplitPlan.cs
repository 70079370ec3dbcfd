using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Datasets.Exports;

/// <summary>How a data set is to be split: by a rule, by filters on its items, or not at all.</summary>
/// <param name="Rule">Makes the rule, or null where filters or nothing decide.</param>
/// <param name="Filters">A filter for each set in the order of <see cref="SplitSets.All"/>, or null.</param>
internal sealed record SplitPlan(Func<ISplitRule>? Rule, IReadOnlyList<string>? Filters)
{
    /// <summary>The filter that no item matches.</summary>
    public const string Nothing = "-";

    public static SplitPlan Whole { get; } = new(null, null);

    public bool Splits => Rule is not null || Filters is not null;

    /// <exception cref="StatusException">INVALID_ARGUMENT where the data cannot be split so.</exception>
    public static SplitPlan Of(InputDataConfig config, DatasetType type)
    {
        const string root = "input_data_config.";
        if (
            config.SplitCase
                is InputDataConfig.SplitOneofCase.PredefinedSplit
                    or InputDataConfig.SplitOneofCase.TimestampSplit
                    or InputDataConfig.SplitOneofCase.StratifiedSplit
            && !type.IsTable()
        )
        {
            throw StatusException.InvalidArgument(
                $"`{root}{Spell(config.SplitCase)}` is for tables; this data set is of {type.Word()}s. Use `fraction_split`, or `filter_split` on the labels of its items."
            );
        }

        switch (config.SplitCase)
        {
            case InputDataConfig.SplitOneofCase.FilterSplit:
                var filters = config.FilterSplit;
                return Filter(filters.TrainingFilter, filters.ValidationFilter, filters.TestFilter, root + "filter_split", type);
            case InputDataConfig.SplitOneofCase.PredefinedSplit:
                var key = Key(config.PredefinedSplit.Key, root + "predefined_split");
                return new SplitPlan(() => new PredefinedRule(key), null);
            case InputDataConfig.SplitOneofCase.TimestampSplit:
                var times = config.TimestampSplit;
                var byTime = SplitFractions.From(
                    times.TrainingFraction,
                    times.ValidationFraction,
                    times.TestFraction,
                    root + "timestamp_split"
                );
                var column = Key(times.Key, root + "timestamp_split");
                return new SplitPlan(() => new TimestampRule(column, byTime), null);
            case InputDataConfig.SplitOneofCase.StratifiedSplit:
                var strata = config.StratifiedSplit;
                var byStratum = SplitFractions.From(
                    strata.TrainingFraction,
                    strata.ValidationFraction,
                    strata.TestFraction,
                    root + "stratified_split"
                );
                var category = Key(strata.Key, root + "stratified_split");
                return new SplitPlan(() => new StratifiedRule(category, byStratum), null);
            default:
                return Fraction(
                    config.FractionSplit?.TrainingFraction,
                    config.FractionSplit?.ValidationFraction,
                    config.FractionSplit?.TestFraction,
                    root + "fraction_split"
                );
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the data cannot be split so.</exception>
    public static SplitPlan Of(ExportDataConfig config, DatasetType type) =>
        config.SplitCase switch
        {
            ExportDataConfig.SplitOneofCase.FilterSplit => Filter(
                config.FilterSplit.TrainingFilter,
                config.FilterSplit.ValidationFilter,
                config.FilterSplit.TestFilter,
                "export_config.filter_split",
                type
            ),
            ExportDataConfig.SplitOneofCase.FractionSplit => Fraction(
                config.FractionSplit.TrainingFraction,
                config.FractionSplit.ValidationFraction,
                config.FractionSplit.TestFraction,
                "export_config.fraction_split"
            ),
            _ => Whole,
        };

    private static SplitPlan Fraction(double? training, double? validation, double? test, string field)
    {
        var fractions = SplitFractions.From(training ?? 0, validation ?? 0, test ?? 0, field);
        return new SplitPlan(() => new FractionRule(fractions), null);
    }

    private static SplitPlan Filter(string training, string validation, string test, string field, DatasetType type)
    {
        if (type.IsTable())
        {
            throw StatusException.InvalidArgument(
                $"`{field}` is for data sets with items; this one is a table. Use `fraction_split`, `predefined_split`, `timestamp_split` or `stratified_split`."
            );
        }

        foreach (
            var (filter, name) in (ReadOnlySpan<(string, string)>)
                [(training, "training_filter"), (validation, "validation_filter"), (test, "test_filter")]
        )
        {
            if (filter.Length == 0)
            {
                throw StatusException.InvalidArgument(
                    $"`{field}.{name}` is empty; give a filter such as labels.{Items.ItemLabels.Use}={name[..^7]}, or '{Nothing}' for no item."
                );
            }

            if (filter != Nothing)
            {
                _ = FilterParser.Parse(filter);
            }
        }

        return new SplitPlan(null, [training, validation, test]);
    }

    private static string Key(string key, string field) =>
        key.Length > 0 ? key : throw StatusException.InvalidArgument($"`{field}.key` is empty; it names the column that decides.");

    private static string Spell(InputDataConfig.SplitOneofCase split) =>
        split switch
        {
            InputDataConfig.SplitOneofCase.PredefinedSplit => "predefined_split",
            InputDataConfig.SplitOneofCase.TimestampSplit => "timestamp_split",
            _ => "stratified_split",
        };
}
