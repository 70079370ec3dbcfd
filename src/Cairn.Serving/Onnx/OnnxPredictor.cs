using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Cairn.Serving.Express;
using Cairn.Serving.Json;
using Cairn.Serving.Predictors;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Onnx;

/// <summary>One loaded ONNX model. A request's instances become one batch, which runs on the request's own thread.</summary>
public sealed class OnnxPredictor : IPredictor
{
    /// <summary>What a change of threads costs, with room: a tenth of a millisecond.</summary>
    private static readonly long BriefTicks = Stopwatch.Frequency / 10_000;

    private readonly OnnxSession _session;
    private readonly InputBinding[] _inputs;
    private readonly HashSet<string> _byName;

    /// <summary>How many instances the model takes at once; null for any number.</summary>
    private readonly int? _batch;

    // A run computes without waiting; more at once than there are cores would only take threads from other requests.
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    // A moving average over some sixteen computations. A lost update does not matter.
    private long _usualTicks = Stopwatch.Frequency;

    /// <exception cref="StatusException">FAILED_PRECONDITION where the model has an input of a type that instances cannot
    /// express.</exception>
    public OnnxPredictor(OnnxSession session)
    {
        _session = session;
        _inputs = [.. session.Inputs.Select(InputBinding.For)];
        Express = ExpressModel.Of(session);
        _byName = [.. _inputs.Select(input => input.Info.Name)];
        _batch = _inputs
            .Select(input => input.Info.Shape is [> 0 and <= int.MaxValue and var fixedBatch, ..] ? (int?)fixedBatch : null)
            .FirstOrDefault(fixedBatch => fixedBatch is not null);
    }

    /// <summary>The model as one that takes rows of numbers, or null for one of another form.</summary>
    internal ExpressModel? Express { get; }

    /// <summary>
    /// Runs a computation of this model's on the caller's thread when there is a core for it. A brief one does not wait: to hand the thread
    /// over would cost as much.
    /// </summary>
    internal async ValueTask<T> ComputeAsync<T>(Func<T> compute, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _usualTicks) < BriefTicks)
        {
            return Timed(compute);
        }

        await _cores.WaitAsync(cancellation);
        try
        {
            return Timed(compute);
        }
        finally
        {
            _cores.Release();
        }
    }

    private T Timed<T>(Func<T> compute)
    {
        var start = Stopwatch.GetTimestamp();
        var result = compute();
        var took = Stopwatch.GetTimestamp() - start;
        var usual = Volatile.Read(ref _usualTicks);
        Volatile.Write(ref _usualTicks, usual + ((took - usual) / 16));
        return result;
    }

    public async ValueTask PredictAsync(PredictionRequest request, RepeatedField<Value> predictions, CancellationToken cancellation)
    {
        PredictionBodies.RequireNoParameters(request.Parameters);
        await _cores.WaitAsync(cancellation);
        try
        {
            Predict(request.Instances, predictions, cancellation);
        }
        finally
        {
            _cores.Release();
        }
    }

    public async ValueTask<RawReply> PredictRawAsync(RawBody body, TimeSpan timeout, CancellationToken cancellation)
    {
        if (
            Express is { } model
            && await ComputeAsync(() => ExpressReply.Raw(model, body.Data.Span, cancellation), cancellation) is { } express
        )
        {
            return new RawReply("application/json", express);
        }

        var (instances, parameters) = PredictionBodies.ReadRequest(body.Data.Span);
        var predictions = new RepeatedField<Value>();
        await PredictAsync(new PredictionRequest(instances, parameters, timeout), predictions, cancellation);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("predictions"u8);
            foreach (var prediction in predictions)
            {
                ValueWriter.Write(writer, prediction);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return new RawReply("application/json", buffer.WrittenMemory);
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Predict(RepeatedField<Value> instances, RepeatedField<Value> predictions, CancellationToken cancellation)
    {
        if (instances.Count == 0)
        {
            throw PredictionBodies.Empty();
        }

        CheckNames(instances);
        var batch = _batch ?? instances.Count;
        if (instances.Count % batch != 0)
        {
            throw StatusException.InvalidArgument(
                $"The model takes exactly {batch} instances at once, or a multiple of them ({Inputs()}); {instances.Count} were given."
            );
        }

        for (var first = 0; first < instances.Count; first += batch)
        {
            Predict(new Column(instances, first, batch), predictions, cancellation);
        }
    }

    private void Predict(Column batch, RepeatedField<Value> predictions, CancellationToken cancellation)
    {
        var values = new OnnxValue?[_inputs.Length];
        OnnxValue[] outputs = [];
        try
        {
            for (var i = 0; i < _inputs.Length; i++)
            {
                values[i] = _inputs[i].Fill(batch);
            }

            outputs = _session.Run(values!, cancellation);
            OutputReader.Read(_session.Outputs, outputs, batch.Count, predictions);
        }
        catch (OnnxException e)
        {
            throw StatusException.InvalidArgument($"The model could not compute these instances: {e.Message}");
        }
        finally
        {
            foreach (var value in values)
            {
                value?.Dispose();
            }

            foreach (var output in outputs)
            {
                output.Dispose();
            }
        }
    }

    /// <summary>An instance is an object with the model's inputs; where the model has one, it may be its value.</summary>
    private void CheckNames(RepeatedField<Value> instances)
    {
        for (var i = 0; i < instances.Count; i++)
        {
            if (instances[i].KindCase != Value.KindOneofCase.StructValue)
            {
                if (_inputs.Length == 1)
                {
                    continue;
                }

                throw StatusException.InvalidArgument($"`instances[{i}]` must be an object with the model's inputs: {Inputs()}.");
            }

            // One that is missing is told where it is looked for.
            var fields = instances[i].StructValue.Fields;
            foreach (var name in _byName.All(fields.ContainsKey) ? fields.Keys : [])
            {
                if (!_byName.Contains(name))
                {
                    throw StatusException.InvalidArgument(
                        $"`instances[{i}]` has '{name}', which is no input of the model; it has {Inputs()}."
                    );
                }
            }
        }
    }

    private string Inputs() => string.Join(", ", _inputs.Select(input => $"'{input.Info.Name}' {input.Info}"));
}
