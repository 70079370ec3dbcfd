using Google.LongRunning;
using Google.Protobuf;

namespace Cairn.Cli.Api;

/// <summary>Long-running operations: wait for the end, take the result.</summary>
internal static class LongRunning
{
    /// <summary>Polls until the operation is done: quickly at first, then every two seconds.</summary>
    /// <exception cref="ApiException">The operation ended with an error.</exception>
    public static async Task<Operation> WaitAsync(this CairnClient client, Operation operation, CancellationToken cancellation)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        while (!operation.Done)
        {
            await Task.Delay(pause, cancellation);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 1.5, 2000));
            operation = await client.GetAsync<Operation>($"/v1/{operation.Name}", cancellation);
        }

        return operation.Error is { } error ? throw new ApiException(((Google.Rpc.Code)error.Code).ToString(), error.Message) : operation;
    }

    public static async Task<T> ResultAsync<T>(this CairnClient client, Operation operation, CancellationToken cancellation)
        where T : class, IMessage<T>, new() => (await client.WaitAsync(operation, cancellation)).Response.Unpack<T>();
}
