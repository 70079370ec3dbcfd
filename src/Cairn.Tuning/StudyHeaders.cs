using Cairn.Kernel.Rpc;

namespace Cairn.Tuning;

/// <summary>
/// Options of CreateStudy and CreateHyperparameterTuningJob that the published requests have no field for, as headers (REST) or metadata
/// (gRPC).
/// </summary>
public static class StudyHeaders
{
    /// <summary>An algorithm's name.</summary>
    public const string Algorithm = "x-cairn-algorithm";

    /// <summary>Names of studies, separated by commas.</summary>
    public const string Predecessors = "x-cairn-predecessors";

    public static StudyOptions Read(CallContext context) =>
        new()
        {
            Algorithm = context.RequestHeader(Algorithm)?.Trim() ?? "",
            Predecessors =
                context.RequestHeader(Predecessors)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                ?? [],
        };
}
