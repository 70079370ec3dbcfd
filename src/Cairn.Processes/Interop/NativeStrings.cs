using System.Runtime.InteropServices;

namespace Cairn.Processes.Interop;

/// <summary>A NULL-terminated array of UTF-8 strings in unmanaged memory: <c>argv</c> or <c>envp</c>.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** _pointers;
    private readonly int _count;

    public NativeStrings(IReadOnlyCollection<string> values)
    {
        _count = values.Count;
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        var i = 0;
        foreach (var value in values)
        {
            if (value.Contains('\0', StringComparison.Ordinal))
            {
                Dispose();
                throw new ArgumentException("An argument or environment variable contains a NUL character, which no program can receive.");
            }

            _pointers[i++] = (byte*)Marshal.StringToCoTaskMemUTF8(value);
        }
    }

    public byte** Pointer => _pointers;

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)_pointers[i]);
            _pointers[i] = null;
        }

        NativeMemory.Free(_pointers);
    }
}
