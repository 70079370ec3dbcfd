using System.Buffers;
using Cairn.Kernel.Rpc.Json;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Serving.Express;

/// <summary>What follows the predictions in a deployed model's replies, which is always the same.</summary>
internal sealed class ReplyTail
{
    public ReplyTail(PredictResponse reply)
    {
        var json = new ArrayBufferWriter<byte>();
        MessageJson.Write(json, reply);

        // Without the brace that opens it.
        Json = json.WrittenMemory[1..];
        Wire = reply.ToByteArray();
    }

    public ReadOnlyMemory<byte> Json { get; }

    public ReadOnlyMemory<byte> Wire { get; }
}
