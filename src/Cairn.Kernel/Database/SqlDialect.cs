namespace Cairn.Kernel.Database;

/// <summary>What differs between the two engines. SQL elsewhere is written once, with <c>$1</c>, <c>$2</c> … as parameters.</summary>
public enum SqlDialect
{
    Sqlite,
    PostgreSql,
}
