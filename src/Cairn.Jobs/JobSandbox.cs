using System.Text.Json.Serialization;

namespace Cairn.Jobs;

/// <summary>Whether tasks that run as processes are kept in bubblewrap.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobSandbox>))]
public enum JobSandbox
{
    /// <summary>Where it is installed and permitted; else they run plainly, and their log says so.</summary>
    Auto,

    /// <summary>A task fails where it cannot be had.</summary>
    Required,

    /// <summary>Never: tasks see this machine's files as the server's user does.</summary>
    Off,
}
