using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Cairn.Jobs.Reduction;

/// <summary>
/// <c>cairn reducer</c>: what a replica of a pool of reducers runs (see this folder's README). It serves until it is asked to end.
/// </summary>
public static class ReducerProgram
{
    public static async Task<int> RunAsync(TextWriter output, TextWriter error)
    {
        ReducerSettings settings;
        try
        {
            settings = ReducerSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        }
        catch (InvalidDataException e)
        {
            await error.WriteLineAsync($"cairn reducer: {e.Message}");
            return 64;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var listener = new TcpListener(settings.Address);
        try
        {
            listener.Start();
            await output.WriteLineAsync($"The reducer {settings.Index} serves {settings.World} workers at {settings.Address}.");
            await new ReductionServer(listener, settings, output).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        catch (SocketException e)
        {
            await error.WriteLineAsync($"cairn reducer: {settings.Address} cannot be listened on: {e.Message}");
            return 1;
        }

        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
