using Microsoft.ML.OnnxRuntime;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>A loaded model. <see cref="Run"/> may be called from many threads at once.</summary>
public sealed class OnnxSession : IDisposable
{
    /// <summary>Of runs that nobody can end.</summary>
    private static readonly RunOptions Endless = new();

    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private bool _disposed;

    /// <summary>The runs that are under way, and one for as long as nobody has disposed it: the native session goes with the last.</summary>
    private int _holds = 1;

    private OnnxSession(InferenceSession session)
    {
        _session = session;
        _inputNames = [.. session.InputNames];
        _outputNames = [.. session.OutputNames];
        Inputs = [.. _inputNames.Select(name => Describe(name, session.InputMetadata[name]))];
        Outputs = [.. _outputNames.Select(name => Describe(name, session.OutputMetadata[name]))];
    }

    /// <summary>The version of the runtime that is loaded: <c>1.31.1</c>.</summary>
    public static string RuntimeVersion => OrtEnv.Instance().GetVersionString();

    /// <summary>What <see cref="Run"/> needs, in this order.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>What <see cref="Run"/> returns, in this order.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>Loads a model file. External weights are found beside it.</summary>
    /// <exception cref="OnnxException">The file is no model that this runtime can run.</exception>
    public static OnnxSession Open(string path, OnnxSessionOptions? options = null) =>
        Open(options, configured => new InferenceSession(path, configured));

    /// <summary>Loads a model from its bytes, which are not needed afterwards.</summary>
    /// <exception cref="OnnxException">The bytes are no model that this runtime can run.</exception>
    public static OnnxSession Open(byte[] model, OnnxSessionOptions? options = null) =>
        Open(options, configured => new InferenceSession(model, configured));

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
        var given = new OrtValue[inputs.Length];
        for (var i = 0; i < given.Length; i++)
        {
            given[i] = inputs[i].Native;
        }

        Hold();
        try
        {
            return cancellation.CanBeCanceled ? RunUntil(given, cancellation) : Compute(given, Endless);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(e);
        }
        finally
        {
            Release();
        }
    }

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            Release();
        }
    }

    private static OnnxSession Open(OnnxSessionOptions? options, Func<SessionOptions, InferenceSession> open)
    {
        try
        {
            using var configured = new SessionOptions();
            configured.IntraOpNumThreads = (options ?? new OnnxSessionOptions()).IntraOpThreads;
            configured.InterOpNumThreads = 1;
            configured.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
            // Threads that spin between requests would take the cores from the rest of the server.
            configured.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            var session = open(configured);
            try
            {
                return new OnnxSession(session);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(e);
        }
    }

    private static OnnxValueInfo Describe(string name, NodeMetadata value) =>
        value.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
            ? new OnnxValueInfo(
                name,
                OnnxValueKind.Tensor,
                (OnnxElementType)value.ElementDataType,
                [.. value.Dimensions.Select(static dimension => (long)dimension)]
            )
            : new OnnxValueInfo(name, (OnnxValueKind)value.OnnxValueType, OnnxElementType.Undefined, []);

    private OnnxValue[] RunUntil(OrtValue[] given, CancellationToken cancellation)
    {
        using var options = new RunOptions();
        // Its end waits for a callback that is running, so that the options outlive it.
        using var registration = cancellation.UnsafeRegister(static options => ((RunOptions)options!).Terminate = true, options);
        return Compute(given, options);
    }

    private OnnxValue[] Compute(OrtValue[] given, RunOptions options)
    {
        // Each value is its caller's, so that the collection, which would end them all, is not disposed.
        var results = _session.Run(options, _inputNames, given, _outputNames);
        try
        {
            var values = new OnnxValue[results.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = new OnnxValue(results[i]);
            }

            return values;
        }
        catch
        {
            results.Dispose();
            throw;
        }
    }

    private void Hold()
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0; holds = Volatile.Read(ref _holds))
        {
            if (Interlocked.CompareExchange(ref _holds, holds + 1, holds) == holds)
            {
                return;
            }
        }

        ObjectDisposedException.ThrowIf(true, this);
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            _session.Dispose();
        }
    }
}
