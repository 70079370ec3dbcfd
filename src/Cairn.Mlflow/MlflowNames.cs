using Cairn.Kernel.Errors;

namespace Cairn.Mlflow;

/// <summary>
/// Names of metrics, parameters and tags as MLflow has them beyond what every run's names must be: they may be files in a client's own
/// store, and must be one name there.
/// </summary>
internal static class MlflowNames
{
    /// <exception cref="StatusException">INVALID_ARGUMENT for a name such as <c>..</c>, <c>/a</c> or <c>a//b</c>, which another one would
    /// be the same file as.</exception>
    public static void Check(string name, string what)
    {
        if (name.StartsWith("..", StringComparison.Ordinal) || name.Split('/').Any(static part => part is "" or "." or ".."))
        {
            throw StatusException.InvalidArgument(
                $"Invalid {what} name: '{name}'. Names may be treated as files in certain cases, and must not resolve to other names when treated as such: "
                    + "none of their parts may be '', '.' or '..'."
            );
        }
    }

    /// <summary>The tags that a call gives to what it makes; of several with one name the last.</summary>
    public static Dictionary<string, string> Tags(MlflowArguments arguments)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in arguments.Pairs("tags"))
        {
            Check(key, "tag");
            tags[key] = value;
        }

        return tags;
    }
}
