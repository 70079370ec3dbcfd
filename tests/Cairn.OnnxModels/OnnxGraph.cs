using Google.Protobuf;

namespace Cairn.OnnxModels;

/// <summary>
/// Writes a <c>ModelProto</c> with the field numbers of <c>onnx.proto</c>, as much of it as small test models need: a real file for the
/// real runtime, without the Python package.
/// </summary>
public sealed class OnnxGraph
{
    public const int Float = 1;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int String = 8;
    public const int Bool = 9;
    public const int Double = 11;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initializers = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];

    /// <summary>Declares an input; a null dimension is open and called <c>N</c>.</summary>
    public OnnxGraph Input(string name, int type, params long?[] shape)
    {
        _inputs.Add(TensorInfo(name, type, shape));
        return this;
    }

    public OnnxGraph Output(string name, int type, params long?[] shape)
    {
        _outputs.Add(TensorInfo(name, type, shape));
        return this;
    }

    /// <summary>Declares an output that is a sequence of maps, as ZipMap makes.</summary>
    public OnnxGraph MapOutput(string name, int keyType)
    {
        var value = ProtoWriter.Write(w => w.Message(1, t => t.Int(1, Float).Message(2, _ => { })));
        _outputs.Add(
            ProtoWriter.Write(w =>
                w.Text(1, name).Message(2, t => t.Message(4, s => s.Message(1, e => e.Message(5, m => m.Int(1, keyType).Bytes(2, value)))))
            )
        );
        return this;
    }

    public OnnxGraph Weights(string name, float[] values, params long[] shape)
    {
        _initializers.Add(ProtoWriter.Write(w => w.Ints(1, shape).Int(2, Float).Floats(4, values).Text(8, name)));
        return this;
    }

    /// <summary>Adds an operator; attributes are <see cref="long"/>, <see cref="float"/>, <see cref="string"/> or arrays of them.</summary>
    public OnnxGraph Node(string op, string[] inputs, string[] outputs, string domain = "", params (string Name, object Value)[] attributes)
    {
        _nodes.Add(
            ProtoWriter.Write(w =>
            {
                foreach (var input in inputs)
                {
                    w.Text(1, input);
                }

                foreach (var output in outputs)
                {
                    w.Text(2, output);
                }

                w.Text(4, op);
                foreach (var (name, value) in attributes)
                {
                    w.Bytes(5, Attribute(name, value));
                }

                w.Text(7, domain);
            })
        );
        return this;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes() =>
        ProtoWriter.Write(w =>
            w.Int(1, 8)
                .Text(2, "cairn-tests")
                .Message(
                    7,
                    g =>
                    {
                        foreach (var node in _nodes)
                        {
                            g.Bytes(1, node);
                        }

                        g.Text(2, "graph");
                        foreach (var initializer in _initializers)
                        {
                            g.Bytes(5, initializer);
                        }

                        foreach (var input in _inputs)
                        {
                            g.Bytes(11, input);
                        }

                        foreach (var output in _outputs)
                        {
                            g.Bytes(12, output);
                        }
                    }
                )
                .Message(8, o => o.Text(1, "").Int(2, 13))
                .Message(8, o => o.Text(1, "ai.onnx.ml").Int(2, 1))
        );

    private static byte[] Attribute(string name, object value) =>
        ProtoWriter.Write(w =>
        {
            w.Text(1, name);
            _ = value switch
            {
                float f => w.Float(2, f).Int(20, 1),
                long i => w.Int(3, i).Int(20, 2),
                string s => w.Text(4, s).Int(20, 3),
                float[] floats => w.Floats(7, floats).Int(20, 6),
                long[] ints => w.Ints(8, ints).Int(20, 7),
                string[] strings => strings.Aggregate(w, (writer, s) => writer.Text(9, s)).Int(20, 8),
                _ => throw new ArgumentException($"Attribute {name} has a value of type {value.GetType().Name}."),
            };
        });

    private static byte[] TensorInfo(string name, int type, long?[] shape) =>
        ProtoWriter.Write(w =>
            w.Text(1, name)
                .Message(
                    2,
                    t =>
                        t.Message(
                            1,
                            tensor =>
                                tensor
                                    .Int(1, type)
                                    .Message(
                                        2,
                                        s =>
                                        {
                                            foreach (var dimension in shape)
                                            {
                                                s.Message(1, d => _ = dimension is { } size ? d.Int(1, size) : d.Text(2, "N"));
                                            }
                                        }
                                    )
                        )
                )
        );
}
