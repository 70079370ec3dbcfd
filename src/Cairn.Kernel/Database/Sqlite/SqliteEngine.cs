using Cairn.Kernel.Errors;
using SQLitePCL;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>The engine, whose library comes with the program.</summary>
public static class SqliteEngine
{
    private const int MaxSaid = 500;

    /// <summary>The version of the engine that is loaded: <c>3.53.4</c>.</summary>
    /// <inheritdoc cref="Load()"/>
    public static string Version
    {
        get
        {
            Load();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>Loads the library where it is not yet.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION: this machine cannot load it.</exception>
    public static void Load() => Load(Batteries_V2.Init);

    /// <inheritdoc cref="Load()"/>
    /// <param name="init">What loads it.</param>
    public static void Load(Action init)
    {
        try
        {
            init();
        }
        catch (Exception e) when (e.GetBaseException() is DllNotFoundException missing)
        {
            var said = missing.Message.ReplaceLineEndings(" ");
            throw StatusException.FailedPrecondition(
                "SQLite's library, which came with the program, cannot be loaded on this machine: it needs glibc 2.34 or newer, as "
                    + $"Debian 12 and Ubuntu 22.04 have it. {said[..Math.Min(said.Length, MaxSaid)]}"
            );
        }
    }
}
