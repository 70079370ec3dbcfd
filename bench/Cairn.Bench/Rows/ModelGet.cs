using System.Buffers.Binary;
using Cairn.Bench.Load;
using Cairn.Bench.Peers;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Bench.Rows;

/// <summary>What rpc.get and rest.get share: a server with a model, and a plain Kestrel that answers the same bytes.</summary>
internal static class ModelGet
{
    public const int Connections = 64;

    public static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public static async Task<(double Ours, double Peer, double Ratio)> MeasureAsync(bool grpc)
    {
        await using var server = await BenchServer.StartAsync();
        var uploaded = await server.OperateAsync(
            $"/v1/{BenchServer.Location}/models:upload",
            new
            {
                model = new
                {
                    displayName = "benchmark",
                    description = "A model of the size that models have.",
                    containerSpec = new
                    {
                        imageUri = "example.com/server:1",
                        predictRoute = "/predict",
                        healthRoute = "/health",
                        args = new[] { "--threads=2" },
                    },
                    labels = new { team = "bench", stage = "prod" },
                },
            }
        );
        var name = (string)uploaded["model"]!;
        var json = await server.Http.GetByteArrayAsync("/v1/" + name);
        var model = Model.Parser.ParseJson(System.Text.Encoding.UTF8.GetString(json));
        await using var plain = await PlainKestrel.StartAsync(json, Frame(model));
        if (!grpc)
        {
            var request = Http1Load.Get("/v1/" + name);
            return await Rounds.CompareAsync(
                () => Http1Load.RunAsync(server.HttpPort, request, Connections, Round),
                () => Http1Load.RunAsync(plain.HttpPort, request, Connections, Round)
            );
        }

        const string path = "/google.cloud.aiplatform.v1.ModelService/GetModel";
        var frame = Frame(new GetModelRequest { Name = name });
        return await Rounds.CompareAsync(
            () => GrpcLoad.RunAsync(server.GrpcPort, path, frame, Connections, Round),
            () => GrpcLoad.RunAsync(plain.GrpcPort, path, frame, Connections, Round)
        );
    }

    public static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }
}
