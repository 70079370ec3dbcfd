using System.Runtime.CompilerServices;
using System.Text;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>
/// A value in ONNX Runtime's own memory: a tensor, or a sequence or map of values. Belongs to one caller, who disposes it.
/// </summary>
public sealed unsafe class OnnxValue : IDisposable
{
    private readonly OnnxLibrary _library;
    private readonly OrtHandle _handle;
    private readonly long[] _shape;

    /// <summary>Takes a native value over, and reads its type and shape.</summary>
    internal OnnxValue(OnnxLibrary library, nint native)
    {
        _library = library;
        _handle = new OrtHandle(library, native, OrtFunctions.ReleaseValue);
        int kind;
        library.Check(((delegate* unmanaged<nint, int*, nint>)library.Function(OrtFunctions.GetValueType))(native, &kind));
        Kind = (OnnxValueKind)kind;
        _shape = Kind == OnnxValueKind.Tensor ? ReadShape(out var type) : Nothing(out type);
        ElementType = type;
    }

    private OnnxValue(OnnxLibrary library, nint native, OnnxElementType type, long[] shape)
    {
        _library = library;
        _handle = new OrtHandle(library, native, OrtFunctions.ReleaseValue);
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

    internal nint Native => _handle.DangerousGetHandle();

    /// <summary>
    /// A tensor of uninitialised elements, for the caller to fill through <see cref="Span{T}"/> or <see cref="SetStrings"/>.
    /// </summary>
    public static OnnxValue Tensor(OnnxLibrary library, OnnxElementType type, params long[] shape)
    {
        nint native;
        fixed (long* dimensions = shape)
        {
            library.Check(
                ((delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)library.Function(OrtFunctions.CreateTensorAsOrtValue))(
                    library.Allocator,
                    dimensions,
                    (nuint)shape.Length,
                    (int)type,
                    &native
                )
            );
        }

        return new OnnxValue(library, native, type, shape);
    }

    /// <summary>The elements of a numeric tensor, row by row. Valid until the value is disposed.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> has not the size of the elements.</exception>
    public Span<T> Span<T>()
        where T : unmanaged
    {
        if (Kind != OnnxValueKind.Tensor || ElementSize(ElementType) != Unsafe.SizeOf<T>())
        {
            throw new InvalidOperationException($"A {Kind} of {ElementType} has no elements of type {typeof(T).Name}.");
        }

        void* data;
        _library.Check(((delegate* unmanaged<nint, void**, nint>)_library.Function(OrtFunctions.GetTensorMutableData))(Native, &data));
        return new Span<T>(data, checked((int)Length));
    }

    /// <summary>Fills a string tensor.</summary>
    public void SetStrings(IReadOnlyList<string> strings)
    {
        var bytes = new byte[strings.Count][];
        var handles = new System.Runtime.InteropServices.GCHandle[strings.Count];
        var pointers = new nint[strings.Count];
        try
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = new byte[Encoding.UTF8.GetByteCount(strings[i]) + 1];
                Encoding.UTF8.GetBytes(strings[i], bytes[i]);
                handles[i] = System.Runtime.InteropServices.GCHandle.Alloc(bytes[i], System.Runtime.InteropServices.GCHandleType.Pinned);
                pointers[i] = handles[i].AddrOfPinnedObject();
            }

            fixed (nint* first = pointers)
            {
                _library.Check(
                    ((delegate* unmanaged<nint, nint*, nuint, nint>)_library.Function(OrtFunctions.FillStringTensor))(
                        Native,
                        first,
                        (nuint)pointers.Length
                    )
                );
            }
        }
        finally
        {
            foreach (var handle in handles)
            {
                if (handle.IsAllocated)
                {
                    handle.Free();
                }
            }
        }
    }

    /// <summary>The elements of a string tensor, row by row.</summary>
    public string[] Strings()
    {
        var count = checked((int)Length);
        nuint size;
        _library.Check(((delegate* unmanaged<nint, nuint*, nint>)_library.Function(OrtFunctions.GetStringTensorDataLength))(Native, &size));
        var bytes = new byte[(int)size + 1];
        var offsets = new nuint[count + 1];
        fixed (byte* text = bytes)
        fixed (nuint* starts = offsets)
        {
            _library.Check(
                ((delegate* unmanaged<nint, byte*, nuint, nuint*, nuint, nint>)_library.Function(OrtFunctions.GetStringTensorContent))(
                    Native,
                    text,
                    size,
                    starts,
                    (nuint)count
                )
            );
        }

        offsets[count] = size;
        var strings = new string[count];
        for (var i = 0; i < count; i++)
        {
            strings[i] = Encoding.UTF8.GetString(bytes, (int)offsets[i], (int)(offsets[i + 1] - offsets[i]));
        }

        return strings;
    }

    /// <summary>The number of elements of a sequence; 2 for a map, its keys and its values.</summary>
    public int ItemCount()
    {
        nuint count;
        _library.Check(((delegate* unmanaged<nint, nuint*, nint>)_library.Function(OrtFunctions.GetValueCount))(Native, &count));
        return (int)count;
    }

    /// <summary>An element of a sequence; of a map, its keys (0) or values (1) as tensors. The caller disposes it.</summary>
    public OnnxValue Item(int index)
    {
        nint item;
        _library.Check(
            ((delegate* unmanaged<nint, int, nint, nint*, nint>)_library.Function(OrtFunctions.GetValue))(
                Native,
                index,
                _library.Allocator,
                &item
            )
        );
        return new OnnxValue(_library, item);
    }

    public void Dispose() => _handle.Dispose();

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

    private static long[] Nothing(out OnnxElementType type)
    {
        type = OnnxElementType.Undefined;
        return [];
    }

    private long[] ReadShape(out OnnxElementType type)
    {
        nint info;
        _library.Check(((delegate* unmanaged<nint, nint*, nint>)_library.Function(OrtFunctions.GetTensorTypeAndShape))(Native, &info));
        try
        {
            return TensorInfo.Read(_library, info, out type);
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)_library.Function(OrtFunctions.ReleaseTensorTypeAndShapeInfo))(info);
        }
    }
}
