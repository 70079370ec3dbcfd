using System.Runtime.InteropServices;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>An array of zero-terminated names in native memory, made once so that a run allocates none.</summary>
internal sealed unsafe class NativeNames : SafeHandle
{
    private readonly int _count;

    public NativeNames(IReadOnlyList<OnnxValueInfo> values)
        : base(0, ownsHandle: true)
    {
        _count = values.Count;
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)Math.Max(1, _count), (nuint)sizeof(nint)));
        for (var i = 0; i < _count; i++)
        {
            Pointer[i] = Marshal.StringToCoTaskMemUTF8(values[i].Name);
        }
    }

    public nint* Pointer => (nint*)handle;

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        for (var i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem(Pointer[i]);
        }

        NativeMemory.Free((void*)handle);
        return true;
    }
}
