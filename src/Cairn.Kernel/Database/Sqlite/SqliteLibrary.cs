using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// Loads the engine. The bundled library is SQLite 3.35; the system's is newer where there is one, so the import is resolved to it first.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lock Gate = new();

    private static bool _loaded;

    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded)
            {
                return;
            }

            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            _loaded = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }

        if (NativeLibrary.TryLoad("libsqlite3.so.0", out var system))
        {
            return system;
        }

        return NativeLibrary.TryLoad("e_sqlite3", assembly, search, out var bundled) ? bundled : 0;
    }
}
