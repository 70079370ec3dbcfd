using System.Runtime.InteropServices;

namespace Cairn.Processes.Interop;

/// <summary>A NULL-terminated array of UTF-8 strings in unmanaged memory: <c>argv</c> or <c>envp</c>.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** pointers;
    private readonly int count;

    public NativeStrings(IReadOnlyCollection<string> values)
    {
        count = values.Count;
        pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        var i = 0;
        foreach (var value in values)
        {
            if (value.Contains('\0', StringComparison.Ordinal))
            {
                Dispose();
                throw new ArgumentException("An argument or environment variable contains a NUL character, which no program can receive.");
            }

            pointers[i++] = (byte*)Marshal.StringToCoTaskMemUTF8(value);
        }
    }

    public byte** Pointer => pointers;

    public void Dispose()
    {
        for (var i = 0; i < count; i++)
        {
            Marshal.FreeCoTaskMem((nint)pointers[i]);
            pointers[i] = null;
        }

        NativeMemory.Free(pointers);
    }
}
