using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>A loaded model. <see cref="Run"/> may be called from many threads at once.</summary>
public sealed unsafe class OnnxSession : IDisposable
{
    private readonly OnnxLibrary _library;
    private readonly OrtHandle _session;
    private readonly NativeNames _inputNames;
    private readonly NativeNames _outputNames;

    private OnnxSession(OnnxLibrary library, nint session)
    {
        _library = library;
        _session = new OrtHandle(library, session, OrtFunctions.ReleaseSession);
        Inputs = SessionSignature.Read(
            library,
            session,
            OrtFunctions.SessionGetInputCount,
            OrtFunctions.SessionGetInputName,
            OrtFunctions.SessionGetInputTypeInfo
        );
        Outputs = SessionSignature.Read(
            library,
            session,
            OrtFunctions.SessionGetOutputCount,
            OrtFunctions.SessionGetOutputName,
            OrtFunctions.SessionGetOutputTypeInfo
        );
        _inputNames = new NativeNames(Inputs);
        _outputNames = new NativeNames(Outputs);
    }

    /// <summary>What <see cref="Run"/> needs, in this order.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>What <see cref="Run"/> returns, in this order.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    public OnnxLibrary Library => _library;

    /// <summary>Loads a model file. External weights are found beside it.</summary>
    /// <exception cref="OnnxException">The file is no model that this runtime can run.</exception>
    public static OnnxSession Open(OnnxLibrary library, string path, OnnxSessionOptions? options = null)
    {
        using var native = Configure(library, options ?? new OnnxSessionOptions());
        nint session;
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
        {
            library.Check(
                ((delegate* unmanaged<nint, byte*, nint, nint*, nint>)library.Function(OrtFunctions.CreateSession))(
                    library.Environment,
                    text,
                    native.DangerousGetHandle(),
                    &session
                )
            );
        }

        return new OnnxSession(library, session);
    }

    /// <summary>Loads a model from its bytes, which are not needed afterwards.</summary>
    /// <exception cref="OnnxException">The bytes are no model that this runtime can run.</exception>
    public static OnnxSession Open(OnnxLibrary library, ReadOnlySpan<byte> model, OnnxSessionOptions? options = null)
    {
        using var native = Configure(library, options ?? new OnnxSessionOptions());
        nint session;
        fixed (byte* bytes = model)
        {
            library.Check(
                ((delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)library.Function(OrtFunctions.CreateSessionFromArray))(
                    library.Environment,
                    bytes,
                    (nuint)model.Length,
                    native.DangerousGetHandle(),
                    &session
                )
            );
        }

        return new OnnxSession(library, session);
    }

    /// <summary>Runs the model once.</summary>
    /// <param name="inputs">One value for each of <see cref="Inputs"/>, in that order; they stay the caller's.</param>
    /// <param name="cancellation">Ends a run early, between two operators.</param>
    /// <returns>One value for each of <see cref="Outputs"/>; the caller disposes them.</returns>
    /// <exception cref="OnnxException">A type or shape does not fit, or an operator failed.</exception>
    public OnnxValue[] Run(ReadOnlySpan<OnnxValue> inputs, CancellationToken cancellation = default)
    {
        if (inputs.Length != Inputs.Count)
        {
            throw new ArgumentException($"The model has {Inputs.Count} inputs; {inputs.Length} were given.", nameof(inputs));
        }

        cancellation.ThrowIfCancellationRequested();
        Span<nint> given = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            given[i] = inputs[i].Native;
        }

        Span<nint> results = stackalloc nint[Outputs.Count];
        results.Clear();
        using var termination = cancellation.CanBeCanceled ? new Termination(_library, cancellation) : null;
        try
        {
            Invoke(given, results, termination?.Options ?? 0);
        }
        catch (OnnxException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }

        var values = new OnnxValue[results.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new OnnxValue(_library, results[i]);
        }

        return values;
    }

    public void Dispose()
    {
        _session.Dispose();
        _inputNames.Dispose();
        _outputNames.Dispose();
    }

    private void Invoke(ReadOnlySpan<nint> given, Span<nint> results, nint options)
    {
        var (session, inputs, outputs) = (false, false, false);
        try
        {
            // Keeps them alive where another thread disposes the session while this one runs.
            _session.DangerousAddRef(ref session);
            _inputNames.DangerousAddRef(ref inputs);
            _outputNames.DangerousAddRef(ref outputs);
            fixed (nint* first = given)
            fixed (nint* result = results)
            {
                _library.Check(
                    ((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_library.Function(OrtFunctions.Run))(
                        _session.DangerousGetHandle(),
                        options,
                        _inputNames.Pointer,
                        first,
                        (nuint)given.Length,
                        _outputNames.Pointer,
                        (nuint)results.Length,
                        result
                    )
                );
            }
        }
        finally
        {
            Release(_session, session);
            Release(_inputNames, inputs);
            Release(_outputNames, outputs);
        }
    }

    private static void Release(SafeHandle handle, bool held)
    {
        if (held)
        {
            handle.DangerousRelease();
        }
    }

    private static OrtHandle Configure(OnnxLibrary library, OnnxSessionOptions options)
    {
        const int allOptimizations = 99;
        nint native;
        library.Check(((delegate* unmanaged<nint*, nint>)library.Function(OrtFunctions.CreateSessionOptions))(&native));
        var handle = new OrtHandle(library, native, OrtFunctions.ReleaseSessionOptions);
        try
        {
            library.Check(
                ((delegate* unmanaged<nint, int, nint>)library.Function(OrtFunctions.SetIntraOpNumThreads))(native, options.IntraOpThreads)
            );
            library.Check(((delegate* unmanaged<nint, int, nint>)library.Function(OrtFunctions.SetInterOpNumThreads))(native, 1));
            library.Check(
                ((delegate* unmanaged<nint, int, nint>)library.Function(OrtFunctions.SetSessionGraphOptimizationLevel))(
                    native,
                    allOptimizations
                )
            );
            fixed (byte* key = "session.intra_op.allow_spinning\0"u8)
            fixed (byte* off = "0\0"u8)
            {
                // Threads that spin between requests would take the cores from the rest of the server.
                library.Check(
                    ((delegate* unmanaged<nint, byte*, byte*, nint>)library.Function(OrtFunctions.AddSessionConfigEntry))(native, key, off)
                );
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        return handle;
    }
}
