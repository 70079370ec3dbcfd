using System.Globalization;
using System.Runtime.InteropServices;

namespace Cairn.Processes.Interop;

/// <summary>A file that is open in the programs which this process starts while it is held, under the same number.</summary>
internal sealed class InheritedFile : IDisposable
{
    private int _descriptor;

    private InheritedFile(int descriptor) => _descriptor = descriptor;

    /// <summary>The descriptor's number as an argument.</summary>
    public string Number => _descriptor.ToString(CultureInfo.InvariantCulture);

    /// <exception cref="IOException">It cannot be opened.</exception>
    public static InheritedFile Open(string path)
    {
        // The runtime opens all its own files so that programs do not inherit them.
        var descriptor = Libc.Open(path, Libc.OpenReadOnly);
        return descriptor >= 0
            ? new InheritedFile(descriptor)
            : throw new IOException($"'{path}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    public void Dispose()
    {
        var open = Interlocked.Exchange(ref _descriptor, -1);
        if (open >= 0)
        {
            _ = Libc.Close(open);
        }
    }
}
