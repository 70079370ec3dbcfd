using System.Buffers;
using Cairn.Kernel.Rpc.Json;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Serving.Express;

/// <summary>What follows the predictions in a deployed model's replies, which is always the same.</summary>
internal sealed class ReplyTail
{
    private readonly ReadOnlyMemory<byte> _json;

    public ReplyTail(PredictResponse reply)
    {
        var json = new ArrayBufferWriter<byte>();
        MessageJson.Write(json, reply);

        // Without the brace that opens it.
        _json = json.WrittenMemory[1..];
        Wire = reply.ToByteArray();
    }

    /// <summary>Ends an object that has predictions already.</summary>
    public void WriteJson(IBufferWriter<byte> reply)
    {
        if (_json.Length > 1)
        {
            reply.Write(","u8);
        }

        reply.Write(_json.Span);
    }

    public ReadOnlyMemory<byte> Wire { get; }
}
