using System.Runtime.InteropServices;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>The loaded <c>libonnxruntime</c> and its environment. One for a process; made on first use, and never unloaded.</summary>
public sealed unsafe class OnnxLibrary
{
    // The table of this version has every function that OrtFunctions names; later libraries serve it too.
    private const uint ApiVersion = 16;
    private const int WarningLevel = 2;

    private readonly nint* _functions;
    private readonly OrtHandle _environment;

    /// <param name="path">The shared library; null for the one beside the program.</param>
    /// <exception cref="DllNotFoundException">There is none, with the path.</exception>
    public OnnxLibrary(string? path = null)
    {
        path ??= System.IO.Path.Combine(AppContext.BaseDirectory, "native", "libonnxruntime.so.1");
        var library = NativeLibrary.Load(path);
        var getBase = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        var apiBase = getBase();
        _functions = (nint*)((delegate* unmanaged<uint, nint>)apiBase[0])(ApiVersion);
        Version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)apiBase[1])()) ?? "";
        if (_functions == null)
        {
            throw new NotSupportedException(
                $"ONNX Runtime {Version} at '{path}' does not serve version {ApiVersion} of its API; it must be 1.16 or newer."
            );
        }

        nint environment;
        fixed (byte* name = "cairn\0"u8)
        {
            Check(((delegate* unmanaged<int, byte*, nint*, nint>)Function(OrtFunctions.CreateEnv))(WarningLevel, name, &environment));
        }

        _environment = new OrtHandle(this, environment, OrtFunctions.ReleaseEnv);
        nint allocator;
        Check(((delegate* unmanaged<nint*, nint>)Function(OrtFunctions.GetAllocatorWithDefaultOptions))(&allocator));
        Allocator = allocator;
    }

    /// <summary>The library's version: <c>1.30.0</c>.</summary>
    public string Version { get; }

    internal nint Environment => _environment.DangerousGetHandle();

    /// <summary>The default CPU allocator, owned by the library.</summary>
    internal nint Allocator { get; }

    internal nint Function(int index) => _functions[index];

    /// <summary>Throws what a status reports, and releases it.</summary>
    /// <exception cref="OnnxException">The status is an error.</exception>
    internal void Check(nint status)
    {
        if (status != 0)
        {
            Throw(status);
        }
    }

    private void Throw(nint status)
    {
        var code = ((delegate* unmanaged<nint, int>)Function(OrtFunctions.GetErrorCode))(status);
        var message =
            Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Function(OrtFunctions.GetErrorMessage))(status)) ?? "unknown error";
        ((delegate* unmanaged<nint, void>)Function(OrtFunctions.ReleaseStatus))(status);
        throw new OnnxException(code, message);
    }
}
