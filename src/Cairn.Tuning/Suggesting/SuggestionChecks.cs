using Cairn.Kernel.Errors;
using Cairn.Tuning.Specs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Suggesting;

/// <summary>What a request for suggestions must be.</summary>
internal static class SuggestionChecks
{
    private const int MaxCount = 1_000;
    private const int MaxClient = 256;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(StudyModel model, SuggestTrialsRequest request)
    {
        if (request.SuggestionCount is < 1 or > MaxCount)
        {
            throw StatusException.InvalidArgument($"`suggestion_count` is {request.SuggestionCount}; it must be 1 to {MaxCount}.");
        }

        if (request.ClientId.Length > MaxClient)
        {
            throw StatusException.InvalidArgument($"`client_id` has {request.ClientId.Length} characters; it may have {MaxClient}.");
        }

        if (request.Contexts.Count != 0 && request.Contexts.Count != request.SuggestionCount)
        {
            throw StatusException.InvalidArgument(
                $"There are {request.Contexts.Count} `contexts` for {request.SuggestionCount} suggestions; give none, or one for each."
            );
        }

        foreach (var context in request.Contexts)
        {
            ParameterChecks.RequireKnown(model, TrialTranslation.ToAssignment(context.Parameters), "contexts");
        }
    }
}
