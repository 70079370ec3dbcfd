namespace Cairn.Data.Tests.Uploads;

/// <summary>A request's body whose sender goes away: the bytes, then a failure.</summary>
internal sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await base.ReadAsync(buffer, cancellationToken) is var read and > 0
            ? read
            : throw new IOException("The client reset the request stream.");
}
