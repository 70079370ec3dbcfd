using System.Text.Json;
using Cairn.Cli.Api;
using Cairn.Kernel.Errors;

namespace Cairn.Cli.Commands.Imports;

/// <summary>What an import does item by item: one that cannot be brought is told and passed over, and the others are brought.</summary>
internal sealed class ImportItems
{
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Problems => _problems;

    public void Tell(string problem)
    {
        if (_told.Add(problem))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Brings an item; false, and a sentence, where that fails.</summary>
    /// <param name="what">What it is, to begin the sentence with.</param>
    public async Task<bool> TryAsync(string what, Func<Task> bring)
    {
        try
        {
            await bring();
            return true;
        }
        catch (Exception error) when (IsOfItem(error))
        {
            Tell($"{what} was passed over: {error.Message}");
            return false;
        }
    }

    /// <summary>
    /// Whether the item is at fault. A server that is away, or lets nobody in, ends the import: so would every other item.
    /// </summary>
    private static bool IsOfItem(Exception error) =>
        error switch
        {
            ApiException api => api.Status is not ("UNAUTHENTICATED" or "PERMISSION_DENIED" or "UNAVAILABLE"),
            StatusException or IOException or UnauthorizedAccessException or JsonException or ArgumentException => true,
            _ => false,
        };
}
