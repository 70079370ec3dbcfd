namespace Cairn.Engines.OnnxRuntime;

/// <summary>Reads an <c>OrtTensorTypeAndShapeInfo</c>.</summary>
internal static unsafe class TensorInfo
{
    public static long[] Read(OnnxLibrary library, nint info, out OnnxElementType type)
    {
        int elementType;
        library.Check(((delegate* unmanaged<nint, int*, nint>)library.Function(OrtFunctions.GetTensorElementType))(info, &elementType));
        type = (OnnxElementType)elementType;
        nuint rank;
        library.Check(((delegate* unmanaged<nint, nuint*, nint>)library.Function(OrtFunctions.GetDimensionsCount))(info, &rank));
        var shape = new long[(int)rank];
        fixed (long* dimensions = shape)
        {
            library.Check(
                ((delegate* unmanaged<nint, long*, nuint, nint>)library.Function(OrtFunctions.GetDimensions))(info, dimensions, rank)
            );
        }

        return shape;
    }
}
