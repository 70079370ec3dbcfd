using Cairn.Jobs.Environments;

namespace Cairn.Jobs.Executors;

/// <summary>The environment of agents: what their tools need, and nothing of the server's else.</summary>
internal static class AgentEnvironment
{
    private static readonly string[] Passed =
    [
        "DOTNET_ROOT",
        "CONTAINERS_CONF",
        "CONTAINERS_STORAGE_CONF",
        "CONTAINERS_REGISTRIES_CONF",
        "XDG_RUNTIME_DIR",
        "XDG_DATA_HOME",
        "REGISTRY_AUTH_FILE",
        .. BuildSandbox.Proxies,
    ];

    public static Dictionary<string, string> Build()
    {
        var environment = new Dictionary<string, string>(HostTools.Environment);
        foreach (var name in Passed)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        // The agent is small; a heap for each core would be most of its memory.
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        environment["DOTNET_TieredPGO"] = "0";
        return environment;
    }
}
