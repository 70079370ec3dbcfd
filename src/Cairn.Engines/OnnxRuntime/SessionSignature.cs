using System.Runtime.InteropServices;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>Reads the inputs or outputs that a session declares.</summary>
internal static unsafe class SessionSignature
{
    public static OnnxValueInfo[] Read(OnnxLibrary library, nint session, int countFunction, int nameFunction, int typeFunction)
    {
        nuint count;
        library.Check(((delegate* unmanaged<nint, nuint*, nint>)library.Function(countFunction))(session, &count));
        var values = new OnnxValueInfo[(int)count];
        for (var i = 0; i < values.Length; i++)
        {
            nint text;
            library.Check(
                ((delegate* unmanaged<nint, nuint, nint, nint*, nint>)library.Function(nameFunction))(
                    session,
                    (nuint)i,
                    library.Allocator,
                    &text
                )
            );
            var name = Marshal.PtrToStringUTF8(text) ?? "";
            library.Check(((delegate* unmanaged<nint, nint, nint>)library.Function(OrtFunctions.AllocatorFree))(library.Allocator, text));

            nint type;
            library.Check(((delegate* unmanaged<nint, nuint, nint*, nint>)library.Function(typeFunction))(session, (nuint)i, &type));
            using var handle = new OrtHandle(library, type, OrtFunctions.ReleaseTypeInfo);
            values[i] = Describe(library, name, type);
        }

        return values;
    }

    private static OnnxValueInfo Describe(OnnxLibrary library, string name, nint type)
    {
        int kind;
        library.Check(((delegate* unmanaged<nint, int*, nint>)library.Function(OrtFunctions.GetOnnxTypeFromTypeInfo))(type, &kind));
        if ((OnnxValueKind)kind != OnnxValueKind.Tensor)
        {
            return new OnnxValueInfo(name, (OnnxValueKind)kind, OnnxElementType.Undefined, []);
        }

        nint tensor;
        library.Check(((delegate* unmanaged<nint, nint*, nint>)library.Function(OrtFunctions.CastTypeInfoToTensorInfo))(type, &tensor));
        var shape = TensorInfo.Read(library, tensor, out var elementType);
        return new OnnxValueInfo(name, OnnxValueKind.Tensor, elementType, shape);
    }
}
