namespace Cairn.Server.Telemetry;

/// <summary>Names of instruments and labels as Prometheus writes them: with underscores, and the unit and <c>_total</c> at their end.</summary>
internal static class PrometheusNames
{
    public static string Of(string name, string unit, string type)
    {
        var made = Clean(name);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when type == "gauge" => "_ratio",
            "" or "1" => "",
            // Annotations, such as {request}, are not part of a name.
            _ when unit.StartsWith('{') => "",
            _ => "_" + Clean(unit),
        };
        made = made.EndsWith(suffix, StringComparison.Ordinal) ? made : made + suffix;
        return type == "counter" && !made.EndsWith("_total", StringComparison.Ordinal) ? made + "_total" : made;
    }

    public static string Label(string name) => Clean(name);

    private static string Clean(string name)
    {
        var made = string.Create(
            name.Length,
            name,
            static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
                }
            }
        );
        return made.Length > 0 && char.IsAsciiDigit(made[0]) ? "_" + made : made;
    }
}
