namespace Cairn.Data.Tests.Uploads;

/// <summary>A request's body whose sender falls silent: the bytes, then nothing until the reader gives up.</summary>
internal sealed class StallingStream(byte[] bytes) : MemoryStream(bytes)
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the reader waits for more.</summary>
    public Task Waiting => _waiting.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (read == 0)
        {
            _waiting.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return read;
    }
}
