using Cairn.Kernel.Errors;
using Google.Cloud.ML.V1;

namespace Cairn.Classic.Jobs;

/// <summary>
/// The machines of a training job. The numbers of the fixed tiers are those that AI Platform documents; machine types are written into the
/// job and, on one's own machine, are no more than that.
/// </summary>
/// <param name="Machine">Of the master.</param>
/// <param name="Workers">How many, beside the master.</param>
/// <param name="Servers">How many parameter servers.</param>
/// <param name="Evaluators">How many evaluators.</param>
internal sealed record ScaleTier(string Machine, long Workers = 0, long Servers = 0, long Evaluators = 0)
{
    private const string Standard = "n1-standard-4";
    private const int Most = 1000;

    /// <exception cref="StatusException">INVALID_ARGUMENT, UNIMPLEMENTED.</exception>
    public static ScaleTier Of(TrainingInput input)
    {
        if (
            input.ScaleTier != TrainingInput.Types.ScaleTier.Custom
            && (input.WorkerCount != 0 || input.ParameterServerCount != 0 || input.EvaluatorCount != 0)
        )
        {
            throw StatusException.InvalidArgument(
                $"`training_input.scale_tier` is {Spell(input.ScaleTier)}, which has its own numbers of machines; set it to CUSTOM to give `worker_count`, `parameter_server_count` or `evaluator_count`."
            );
        }

        switch (input.ScaleTier)
        {
            case TrainingInput.Types.ScaleTier.Basic:
                return new ScaleTier(Standard);
            case TrainingInput.Types.ScaleTier.Standard1:
                return new ScaleTier("n1-highcpu-8", Workers: 4, Servers: 3);
            case TrainingInput.Types.ScaleTier.Premium1:
                return new ScaleTier("n1-highcpu-16", Workers: 19, Servers: 11);
            case TrainingInput.Types.ScaleTier.Custom when input.MasterType.Length == 0:
                throw StatusException.InvalidArgument(
                    "`training_input.master_type` is empty; the scale tier CUSTOM needs it, for example n1-standard-4."
                );
            case TrainingInput.Types.ScaleTier.Custom:
                Require(input.WorkerCount, "worker_count");
                Require(input.ParameterServerCount, "parameter_server_count");
                Require(input.EvaluatorCount, "evaluator_count");
                return new ScaleTier(input.MasterType, input.WorkerCount, input.ParameterServerCount, input.EvaluatorCount);
            default:
                throw StatusException.Unimplemented(
                    $"`training_input.scale_tier` is {Spell(input.ScaleTier)}, whose accelerator this server does not know; use BASIC or CUSTOM."
                );
        }
    }

    private static void Require(long count, string field)
    {
        if (count is < 0 or > Most)
        {
            throw StatusException.InvalidArgument($"`training_input.{field}` is {count}; it must lie between 0 and {Most}.");
        }
    }

    private static string Spell(TrainingInput.Types.ScaleTier tier) =>
        tier switch
        {
            TrainingInput.Types.ScaleTier.Standard1 => "STANDARD_1",
            TrainingInput.Types.ScaleTier.Premium1 => "PREMIUM_1",
            TrainingInput.Types.ScaleTier.BasicGpu => "BASIC_GPU",
            TrainingInput.Types.ScaleTier.BasicTpu => "BASIC_TPU",
            _ => tier.ToString().ToUpperInvariant(),
        };
}
