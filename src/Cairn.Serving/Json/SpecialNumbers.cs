namespace Cairn.Serving.Json;

/// <summary>
/// The numbers that JSON has no numbers for. They are the texts that protobuf's JSON uses, in instances as in predictions, for every
/// runtime.
/// </summary>
internal static class SpecialNumbers
{
    public static bool TryRead(string text, out double number)
    {
        number = text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => 0,
        };
        return !double.IsFinite(number);
    }

    public static string Text(double number) =>
        double.IsNaN(number) ? "NaN"
        : number > 0 ? "Infinity"
        : "-Infinity";
}
