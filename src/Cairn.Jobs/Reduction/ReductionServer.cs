using System.Net.Sockets;

namespace Cairn.Jobs.Reduction;

/// <summary>Gathers a job's workers and reduces what they send, until they go; then gathers them anew.</summary>
internal sealed class ReductionServer(TcpListener listener, ReducerSettings settings, TextWriter output)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var workers = new WorkerConnection?[settings.World];
            try
            {
                await GatherAsync(workers, cancellation);
                var session = new ReductionSession([.. workers!]);
                try
                {
                    await session.RunAsync(cancellation);
                }
                catch (Exception e) when (e is IOException or InvalidDataException)
                {
                    await output.WriteLineAsync($"The workers are disconnected: {e.Message}");
                }

                await output.WriteLineAsync(
                    $"Reduced {session.Buckets} buckets; each worker sent and received {session.Bytes} bytes of values."
                );
            }
            finally
            {
                foreach (var worker in workers)
                {
                    worker?.Dispose();
                }
            }
        }
    }

    private async Task GatherAsync(WorkerConnection?[] workers, CancellationToken cancellation)
    {
        while (workers.Contains(null))
        {
            var client = await listener.AcceptTcpClientAsync(cancellation);
            if (await WorkerConnection.GreetAsync(client, settings, cancellation) is { } worker)
            {
                // One that comes again has lost its first connection.
                workers[worker.Rank]?.Dispose();
                workers[worker.Rank] = worker;
            }
        }
    }
}
