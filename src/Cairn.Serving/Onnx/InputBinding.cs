using System.Numerics;
using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;

namespace Cairn.Serving.Onnx;

/// <summary>Fills one input of a model from JSON values.</summary>
internal abstract class InputBinding(OnnxValueInfo info)
{
    public OnnxValueInfo Info => info;

    /// <exception cref="StatusException">FAILED_PRECONDITION where the input is of a type that JSON cannot express.</exception>
    public static InputBinding For(OnnxValueInfo info) =>
        (info.Kind, info.ElementType) switch
        {
            (OnnxValueKind.Tensor, OnnxElementType.Float) => new NumericBinding<float>(
                info,
                static d => Fitting((float)d, d),
                integral: false
            ),
            (OnnxValueKind.Tensor, OnnxElementType.Double) => new NumericBinding<double>(info, static d => d, integral: false),
            (OnnxValueKind.Tensor, OnnxElementType.Float16) => new NumericBinding<Half>(
                info,
                static d => Fitting((Half)d, d),
                integral: false
            ),
            (OnnxValueKind.Tensor, OnnxElementType.Int64) => new NumericBinding<long>(info, static d => checked((long)d), integral: true),
            (OnnxValueKind.Tensor, OnnxElementType.Int32) => new NumericBinding<int>(info, static d => checked((int)d), integral: true),
            (OnnxValueKind.Tensor, OnnxElementType.Int16) => new NumericBinding<short>(info, static d => checked((short)d), integral: true),
            (OnnxValueKind.Tensor, OnnxElementType.Int8) => new NumericBinding<sbyte>(info, static d => checked((sbyte)d), integral: true),
            (OnnxValueKind.Tensor, OnnxElementType.UInt64) => new NumericBinding<ulong>(
                info,
                static d => checked((ulong)d),
                integral: true
            ),
            (OnnxValueKind.Tensor, OnnxElementType.UInt32) => new NumericBinding<uint>(info, static d => checked((uint)d), integral: true),
            (OnnxValueKind.Tensor, OnnxElementType.UInt16) => new NumericBinding<ushort>(
                info,
                static d => checked((ushort)d),
                integral: true
            ),
            (OnnxValueKind.Tensor, OnnxElementType.UInt8) => new NumericBinding<byte>(info, static d => checked((byte)d), integral: true),
            (OnnxValueKind.Tensor, OnnxElementType.Bool) => new BoolBinding(info),
            (OnnxValueKind.Tensor, OnnxElementType.String) => new StringBinding(info),
            _ => throw StatusException.FailedPrecondition($"The model's input '{info.Name}' is a {info}, which instances cannot express."),
        };

    /// <summary>A tensor of all instances' values; the caller disposes it.</summary>
    public OnnxValue Fill(Column column)
    {
        var shape = BatchShape.Of(info, column);
        var tensor = OnnxValue.Tensor(info.ElementType, shape.Dimensions);
        try
        {
            Fill(tensor, column, shape);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>A number that became infinite on the way to fewer bits does not fit.</summary>
    private static T Fitting<T>(T narrow, double wide)
        where T : IBinaryFloatingPointIeee754<T> => T.IsInfinity(narrow) && double.IsFinite(wide) ? throw new OverflowException() : narrow;

    protected abstract void Fill(OnnxValue tensor, Column column, BatchShape shape);
}
