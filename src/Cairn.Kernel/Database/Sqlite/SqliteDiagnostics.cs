using System.Diagnostics;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>What can be listened to, with <see cref="DiagnosticListener.AllListeners"/>: costs nothing where no one does.</summary>
public static class SqliteDiagnostics
{
    /// <summary>The listener's name.</summary>
    public const string Name = "Cairn.Sqlite";

    /// <summary>A statement is run on a connection for the first time; the value is a <see cref="PlannedStatement"/>.</summary>
    public const string Planned = "Planned";

    internal static DiagnosticListener Listener { get; } = new(Name);
}
