using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.Tracking;

/// <summary>What searches of MLflow have in common.</summary>
internal static class Views
{
    private const int DefaultPage = 1_000;

    /// <summary><c>ACTIVE_ONLY</c> (the default), <c>DELETED_ONLY</c> or <c>ALL</c>, or their numbers 1, 2, 3.</summary>
    public static Lifecycle? Stage(string? view) =>
        view?.ToUpperInvariant() switch
        {
            null or "" or "ACTIVE_ONLY" or "1" => Lifecycle.Active,
            "DELETED_ONLY" or "2" => Lifecycle.Deleted,
            "ALL" or "3" => null,
            _ => throw StatusException.InvalidArgument($"The view type '{view}' is none of ACTIVE_ONLY, DELETED_ONLY, ALL."),
        };

    public static int PageSize(long? asked, int most) =>
        asked switch
        {
            null or 0 => DefaultPage,
            < 0 => throw StatusException.InvalidArgument(
                $"Invalid value {asked} for parameter 'max_results' supplied: it must be at least 1."
            ),
            { } many when many > most => throw StatusException.InvalidArgument(
                $"Invalid value {many} for parameter 'max_results' supplied. It must be at most {most}."
            ),
            { } many => (int)many,
        };

    public static void WriteToken(Utf8JsonWriter json, string token)
    {
        if (token.Length > 0)
        {
            json.WriteString("next_page_token", token);
        }
    }
}
