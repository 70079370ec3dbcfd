namespace Cairn.Jobs.Interop;

internal static class CancellationTokens
{
    /// <summary>Completes when the token fires.</summary>
    public static async Task WhenCancelledAsync(this CancellationToken token, CancellationToken cancellation = default)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => source.TrySetResult());
        await source.Task.WaitAsync(cancellation);
    }
}
