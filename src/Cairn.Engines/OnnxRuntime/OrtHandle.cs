using System.Runtime.InteropServices;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>A native object that the table's <c>Release…</c> function at the given index frees.</summary>
internal sealed unsafe class OrtHandle : SafeHandle
{
    private readonly OnnxLibrary _library;
    private readonly int _release;

    public OrtHandle(OnnxLibrary library, nint native, int release)
        : base(0, ownsHandle: true)
    {
        _library = library;
        _release = release;
        SetHandle(native);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        ((delegate* unmanaged<nint, void>)_library.Function(_release))(handle);
        return true;
    }
}
