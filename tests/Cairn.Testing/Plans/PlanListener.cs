using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;

namespace Cairn.Testing.Plans;

/// <summary>
/// Hears of each statement that SQLite is to run in this process, once, and writes down what its plan has that grows with the store.
/// </summary>
/// <param name="folder">Where that is written, in a file of this process.</param>
internal sealed class PlanListener(string folder) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private readonly string? _all = Environment.GetEnvironmentVariable("CAIRN_PLANS");

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == SqliteDiagnostics.Name)
        {
            value.Subscribe(this);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not PlannedStatement statement || !_seen.TryAdd(statement.Sql, true))
        {
            return;
        }

        if (_all is { Length: > 0 })
        {
            Append(_all, [JsonSerializer.Serialize(new { sql = statement.Sql, plan = statement.Plan })]);
        }

        var faults = PlanFaults.Of(statement.Sql, statement.Plan).ToList();
        if (faults.Count > 0 && IsOfServer())
        {
            Append(folder, faults);
        }
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    /// <summary>Whether the server asks this in its daily work, and neither a test, to see what is in a store, nor a migration.</summary>
    private static bool IsOfServer()
    {
        var types = new StackTrace().GetFrames().Select(static frame => frame.GetMethod()?.DeclaringType).OfType<Type>().ToList();
        var asking = types.Find(static type =>
            type.Namespace is { } name
            && !name.StartsWith("System", StringComparison.Ordinal)
            && !name.StartsWith("Cairn.Kernel.Database", StringComparison.Ordinal)
            && !name.StartsWith("Cairn.Testing", StringComparison.Ordinal)
        );
        return asking?.Assembly.GetName().Name?.EndsWith(".Tests", StringComparison.Ordinal) != true
            && types.TrueForAll(static type => type != typeof(Migrations));
    }

    private void Append(string where, IEnumerable<string> lines)
    {
        lock (_seen)
        {
            try
            {
                File.AppendAllLines(Path.Combine(where, $"{Environment.ProcessId}.txt"), lines);
            }
            catch (DirectoryNotFoundException)
            {
                // The tests are over, and this process is about to be.
            }
        }
    }
}
