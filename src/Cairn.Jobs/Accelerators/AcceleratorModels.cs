namespace Cairn.Jobs.Accelerators;

/// <summary>What Vertex calls the GPUs that NVIDIA's driver names.</summary>
internal static class AcceleratorModels
{
    /// <param name="model">As the driver says it: <c>Tesla V100-SXM2-16GB</c>.</param>
    /// <returns><c>NVIDIA_TESLA_V100</c>; null where Vertex has no name for it.</returns>
    public static string? Type(string model)
    {
        var words = model
            .ToUpperInvariant()
            .Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries)
            .Where(static word => word is not ("NVIDIA" or "TESLA"))
            .ToList();
        return words switch
        {
            ["T4"] => "NVIDIA_TESLA_T4",
            ["P4"] => "NVIDIA_TESLA_P4",
            ["L4"] => "NVIDIA_L4",
            ["K80"] => "NVIDIA_TESLA_K80",
            ["P100", ..] => "NVIDIA_TESLA_P100",
            ["V100", ..] => "NVIDIA_TESLA_V100",
            ["A100", ..] => words.Contains("80GB") ? "NVIDIA_A100_80GB" : "NVIDIA_TESLA_A100",
            ["H100", "PCIE"] => "NVIDIA_H100_80GB",
            ["H100", ..] when words.Contains("80GB") => "NVIDIA_H100_80GB",
            ["H200", ..] => "NVIDIA_H200_141GB",
            ["B200", ..] => "NVIDIA_B200",
            ["GB200", ..] => "NVIDIA_GB200",
            ["RTX", "PRO", "6000", ..] => "NVIDIA_RTX_PRO_6000",
            _ => null,
        };
    }
}
