using Cairn.Kernel.Database.Sqlite;

namespace Cairn.Kernel.Tests.Database;

public sealed class SqliteEngineTests
{
    [Fact]
    public void the_engine_is_the_one_that_came_with_the_program_whatever_the_machine_has()
    {
        new Version(SqliteDatabase.EngineVersion).ShouldBeGreaterThanOrEqualTo(new Version(3, 53));

        var loaded = File.ReadLines("/proc/self/maps")
            .Select(static line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(static file => file.Contains("sqlite3.so", StringComparison.Ordinal))
            .Distinct();
        loaded.ShouldBe([Path.Combine(AppContext.BaseDirectory, "libe_sqlite3.so")]);
    }
}
