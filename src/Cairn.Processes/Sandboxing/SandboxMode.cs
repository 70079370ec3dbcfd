using System.Text.Json.Serialization;

namespace Cairn.Processes.Sandboxing;

/// <summary>Whether programs of users are kept in bubblewrap.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SandboxMode>))]
public enum SandboxMode
{
    /// <summary>Where it is installed and permitted; else they run plainly, and the log says so.</summary>
    Auto,

    /// <summary>What needs it fails where it cannot be had.</summary>
    Required,

    /// <summary>Never: they see this machine's files as the server's user does.</summary>
    Off,
}
