using Cairn.Server;

namespace Cairn.Cli.Commands.Server;

/// <summary>Prints what a server answers.</summary>
internal static class MethodList
{
    public static void Write(IReadOnlyList<MethodCoverage> methods, TextWriter to)
    {
        foreach (var method in methods)
        {
            to.WriteLine($"{(method.Handled ? "yes" : "no"), -4} {method.Door, -5} {method.Call}  {method.Permission}");
        }

        foreach (var door in methods.GroupBy(m => m.Door))
        {
            to.WriteLine($"{door.Key}: {door.Count(m => m.Handled)} of {door.Count()} answered");
        }
    }
}
