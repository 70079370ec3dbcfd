using System.Globalization;

namespace Cairn.Jobs.Accelerators;

/// <summary>One accelerator of a machine.</summary>
/// <param name="Number">Its number on the machine: <c>1</c> of <c>/dev/nvidia1</c>.</param>
/// <param name="Type">As Vertex calls it: <c>NVIDIA_TESLA_T4</c>.</param>
/// <param name="Uuid">What the driver calls it, wherever it is counted: <c>GPU-…</c>; null where that is not known.</param>
public sealed record Accelerator(int Number, string Type, string? Uuid = null)
{
    /// <summary>Several in one text: <c>NVIDIA_TESLA_T4:0,NVIDIA_TESLA_T4:1</c>.</summary>
    internal static string Format(IEnumerable<Accelerator> accelerators) =>
        string.Join(',', accelerators.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Type}:{one.Number}")));

    /// <summary>Reads what <see cref="Format"/> wrote.</summary>
    internal static IReadOnlyList<Accelerator> Parse(string text) =>
        [
            .. text.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(static one => one.Split(':'))
                .Select(static parts => new Accelerator(int.Parse(parts[1], CultureInfo.InvariantCulture), parts[0])),
        ];
}
