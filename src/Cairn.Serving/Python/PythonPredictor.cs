using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Serving.Json;
using Cairn.Serving.Predictors;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Cairn.Serving.Python;

/// <summary>A deployed model in a pool of workers.</summary>
internal sealed class PythonPredictor(WorkerPool pool, string title) : IPredictor
{
    private const byte PredictFrame = (byte)'P';
    private const int HeaderLength = 5;

    public bool TakesJson => true;

    public async ValueTask PredictAsync(PredictionRequest request, RepeatedField<Value> predictions, CancellationToken cancellation)
    {
        var frame = new ArrayBufferWriter<byte>(1024);
        frame.Advance(HeaderLength);
        using (var writer = new Utf8JsonWriter(frame))
        {
            ValueWriter.WriteRequest(writer, request.Instances, request.Parameters);
        }

        var reply = await AskAsync(frame.WrittenSpan.ToArray(), request.Timeout, cancellation);
        PredictionBodies.ReadPredictions(reply, title, predictions);
    }

    public async ValueTask<RawReply> PredictRawAsync(RawBody body, TimeSpan timeout, CancellationToken cancellation)
    {
        var frame = new byte[HeaderLength + body.Data.Length];
        body.Data.CopyTo(frame.AsMemory(HeaderLength));
        return new RawReply("application/json", await AskAsync(frame, timeout, cancellation));
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <param name="bytes">A request behind room for its frame's header.</param>
    private async Task<byte[]> AskAsync(byte[] bytes, TimeSpan timeout, CancellationToken cancellation)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(bytes.Length - sizeof(uint)));
        bytes[sizeof(uint)] = PredictFrame;

        var worker = await pool.RentAsync(cancellation);
        // A worker cannot be told to stop. Where the client has gone, it finishes in the background and only then serves the next.
        var reply = await ExchangeAsync(worker, bytes, timeout).WaitAsync(cancellation);
        return reply.Kind switch
        {
            'R' => reply.Payload,
            'E' => throw WorkerError.Read(reply.Payload),
            _ => throw new StatusException(Code.Internal, $"{title} sent a frame of kind '{reply.Kind}'."),
        };
    }

    private async Task<WorkerReply> ExchangeAsync(PythonWorker worker, byte[] frame, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            return await worker.ExchangeAsync(frame, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            worker.Kill();
            throw new StatusException(
                Code.DeadlineExceeded,
                $"{title} worked on the request for {timeout.TotalSeconds:0.#} s without an answer; its process was ended and is being replaced."
            );
        }
        catch (IOException)
        {
            worker.Kill();
            var code = await worker.Exited;
            throw StatusException.Unavailable(
                $"The predictor process of {title} is gone while it held this request: {EndOfProcess.Describe(code)}. It is being replaced; try again."
            );
        }
        finally
        {
            pool.Return(worker);
        }
    }
}
