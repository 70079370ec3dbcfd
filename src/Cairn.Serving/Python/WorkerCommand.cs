using System.Diagnostics;

namespace Cairn.Serving.Python;

/// <summary>What starts a worker.</summary>
/// <param name="Start">The command line.</param>
/// <param name="Held">What must stay open until the worker has been started.</param>
internal sealed record WorkerCommand(ProcessStartInfo Start, IDisposable? Held) : IDisposable
{
    public void Dispose() => Held?.Dispose();
}
