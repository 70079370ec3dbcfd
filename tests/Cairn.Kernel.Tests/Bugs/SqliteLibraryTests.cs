using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Tests.Bugs;

public sealed class SqliteLibraryTests
{
    [Fact]
    public void a_machine_that_cannot_load_sqlite_is_told_what_it_needs()
    {
        foreach (
            var failure in new Exception[]
            {
                new DllNotFoundException("version `GLIBC_2.34' not found"),
                new TypeInitializationException("X", new DllNotFoundException("version `GLIBC_2.34' not found")),
            }
        )
        {
            Should.Throw<StatusException>(() => SqliteEngine.Load(() => throw failure)).Message.ShouldContain("needs glibc 2.34");
        }

        Should.Throw<InvalidOperationException>(() => SqliteEngine.Load(static () => throw new InvalidOperationException()));
    }
}
