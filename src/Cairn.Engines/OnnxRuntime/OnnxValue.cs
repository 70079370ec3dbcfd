using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>
/// A value in ONNX Runtime's own memory: a tensor, or a sequence or map of values. Belongs to one caller, who disposes it.
/// </summary>
public sealed class OnnxValue : IDisposable
{
    private readonly long[] _shape;

    /// <summary>Takes a value of the runtime over, and reads its type and shape.</summary>
    internal OnnxValue(OrtValue native)
    {
        Native = native;
        Kind = (OnnxValueKind)native.OnnxType;
        if (Kind == OnnxValueKind.Tensor)
        {
            var tensor = native.GetTensorTypeAndShape();
            (ElementType, _shape) = ((OnnxElementType)tensor.ElementDataType, tensor.Shape);
        }
        else
        {
            _shape = [];
        }
    }

    private OnnxValue(OrtValue native, OnnxElementType type, long[] shape)
    {
        Native = native;
        Kind = OnnxValueKind.Tensor;
        ElementType = type;
        _shape = shape;
    }

    public OnnxValueKind Kind { get; }

    public OnnxElementType ElementType { get; }

    /// <summary>The tensor's dimensions.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The number of elements of a tensor.</summary>
    public long Length
    {
        get
        {
            var length = 1L;
            foreach (var dimension in _shape)
            {
                length *= dimension;
            }

            return length;
        }
    }

    internal OrtValue Native { get; }

    /// <summary>
    /// A tensor of uninitialised elements, for the caller to fill through <see cref="Span{T}"/> or <see cref="SetStrings"/>.
    /// </summary>
    /// <exception cref="OnnxException">The runtime makes no such tensor: a dimension is negative, or it would be too large.</exception>
    public static OnnxValue Tensor(OnnxElementType type, params long[] shape)
    {
        try
        {
            var allocator = OrtAllocator.DefaultInstance;
            var native =
                type == OnnxElementType.String
                    ? OrtValue.CreateTensorWithEmptyStrings(allocator, shape)
                    : OrtValue.CreateAllocatedTensorValue(allocator, (TensorElementType)type, shape);
            return new OnnxValue(native, type, shape);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(e);
        }
    }

    /// <summary>The elements of a numeric tensor, row by row. Valid until the value is disposed.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> has not the size of the elements.</exception>
    /// <exception cref="OnnxException">The runtime does not give them.</exception>
    public Span<T> Span<T>()
        where T : unmanaged
    {
        if (Kind != OnnxValueKind.Tensor || ElementSize(ElementType) != Unsafe.SizeOf<T>())
        {
            throw new InvalidOperationException($"A {Kind} of {ElementType} has no elements of type {typeof(T).Name}.");
        }

        try
        {
            return MemoryMarshal.Cast<byte, T>(Native.GetTensorMutableRawData());
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(e);
        }
    }

    /// <summary>Fills a string tensor.</summary>
    /// <exception cref="OnnxException">It is none, or has not so many elements.</exception>
    public void SetStrings(IReadOnlyList<string> strings)
    {
        try
        {
            for (var i = 0; i < strings.Count; i++)
            {
                Native.StringTensorSetElementAt(strings[i], i);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(e);
        }
    }

    /// <summary>The elements of a string tensor, row by row.</summary>
    /// <exception cref="OnnxException">It is none.</exception>
    public string[] Strings() => Ask(static (native, _) => native.GetStringTensorAsArray());

    /// <summary>The number of elements of a sequence; 2 for a map, its keys and its values.</summary>
    /// <exception cref="OnnxException">It is neither.</exception>
    public int ItemCount() => Ask(static (native, _) => native.GetValueCount());

    /// <summary>An element of a sequence; of a map, its keys (0) or values (1) as tensors. The caller disposes it.</summary>
    /// <exception cref="OnnxException">It is neither, or has no such element.</exception>
    public OnnxValue Item(int index) =>
        Ask(
            static (native, index) =>
            {
                var item = native.GetValue(index, OrtAllocator.DefaultInstance);
                try
                {
                    return new OnnxValue(item);
                }
                catch
                {
                    item.Dispose();
                    throw;
                }
            },
            index
        );

    public void Dispose() => Native.Dispose();

    private T Ask<T>(Func<OrtValue, int, T> question, int index = 0)
    {
        try
        {
            return question(Native, index);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(e);
        }
    }

    /// <summary>The size in bytes of a numeric element; 0 for strings.</summary>
    public static int ElementSize(OnnxElementType type) =>
        type switch
        {
            OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Bool => 1,
            OnnxElementType.UInt16 or OnnxElementType.Int16 or OnnxElementType.Float16 => 2,
            OnnxElementType.Float or OnnxElementType.Int32 or OnnxElementType.UInt32 => 4,
            OnnxElementType.Double or OnnxElementType.Int64 or OnnxElementType.UInt64 => 8,
            _ => 0,
        };
}
