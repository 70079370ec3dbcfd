using System.Globalization;

namespace Cairn.Fuzz;

/// <summary>What to run.</summary>
internal sealed record FuzzOptions
{
    /// <summary>Every case follows from it and from its number.</summary>
    public int Seed { get; init; } = Random.Shared.Next();

    /// <summary>How long new batches are begun.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first case and the last, where not all are to run.</summary>
    public (long First, long Last) Cases { get; init; } = (0, long.MaxValue);

    /// <summary>Clients at once; each takes every so-manieth case.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>Cases for which the server has one project; a power of two is not needed.</summary>
    public int Batch { get; init; } = 5_000;

    /// <summary>No call takes as long; null where a machine may be as busy as it likes.</summary>
    public TimeSpan? Slow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether everything is told, and not only what is wrong.</summary>
    public bool Verbose { get; init; }

    /// <exception cref="FormatException">A number is none.</exception>
    public static FuzzOptions? Parse(string[] arguments)
    {
        var options = new FuzzOptions();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--seed" => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                "--minutes" => options with { Time = TimeSpan.FromMinutes(double.Parse(value, CultureInfo.InvariantCulture)) },
                "--case" => options with { Cases = Range(value), Workers = 1, Verbose = true },
                "--workers" => options with { Workers = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => null!,
            };
            if (options is null)
            {
                return null;
            }
        }

        return arguments.Length % 2 == 0 ? options : null;
    }

    /// <summary><c>7</c>, or <c>7-12</c>.</summary>
    private static (long First, long Last) Range(string text)
    {
        var parts = text.Split('-');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[^1], CultureInfo.InvariantCulture));
    }
}
