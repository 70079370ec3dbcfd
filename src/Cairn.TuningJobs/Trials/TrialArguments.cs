using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.TuningJobs.Trials;

/// <summary>A trial's parameters as its program gets them: <c>--learning_rate=0.01</c>.</summary>
internal static class TrialArguments
{
    /// <summary>The largest number below which every whole one is exact.</summary>
    private const double Exact = 9_007_199_254_740_992;

    public static IEnumerable<string> Of(Trial trial) =>
        trial.Parameters.Select(static parameter => $"--{parameter.ParameterId}={Text(parameter.Value)}");

    /// <summary>A value as text: whole numbers without a fraction, others with as many digits as give the same number again.</summary>
    public static string Text(Value value) =>
        value.KindCase == Value.KindOneofCase.StringValue ? value.StringValue
        : value.NumberValue == Math.Floor(value.NumberValue) && Math.Abs(value.NumberValue) <= Exact
            ? ((long)value.NumberValue).ToString(CultureInfo.InvariantCulture)
        : value.NumberValue.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
}
