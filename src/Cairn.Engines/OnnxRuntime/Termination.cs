namespace Cairn.Engines.OnnxRuntime;

/// <summary>Run options that a cancelled token turns into "stop at the next operator".</summary>
internal sealed unsafe class Termination : IDisposable
{
    private readonly OrtHandle _options;
    private readonly CancellationTokenRegistration _registration;

    public Termination(OnnxLibrary library, CancellationToken cancellation)
    {
        nint created;
        library.Check(((delegate* unmanaged<nint*, nint>)library.Function(OrtFunctions.CreateRunOptions))(&created));
        var options = created;
        _options = new OrtHandle(library, options, OrtFunctions.ReleaseRunOptions);
        _registration = cancellation.UnsafeRegister(
            _ => library.Check(((delegate* unmanaged<nint, nint>)library.Function(OrtFunctions.RunOptionsSetTerminate))(options)),
            null
        );
    }

    public nint Options => _options.DangerousGetHandle();

    public void Dispose()
    {
        // Waits for a callback that is running, so that the options outlive it.
        _registration.Dispose();
        _options.Dispose();
    }
}
