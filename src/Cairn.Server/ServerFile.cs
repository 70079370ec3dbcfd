using System.Text.Json;

namespace Cairn.Server;

/// <summary>
/// <c>server.json</c> in the data folder: where the running server is to be found, for commands on the same machine. Gone when it has
/// stopped cleanly.
/// </summary>
internal static class ServerFile
{
    private const string Name = "server.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(string data, Listeners listeners)
    {
        var path = Path.Combine(data, Name);
        var content = new
        {
            Pid = Environment.ProcessId,
            Http = listeners.HttpUrl.ToString().TrimEnd('/'),
            Grpc = listeners.GrpcAddress,
            Https = listeners.HttpsUrl?.ToString().TrimEnd('/'),
        };
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(content, Options));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Whether the file is there: at a start, whether the last server ended otherwise than by stopping.</summary>
    public static bool Exists(string data) => File.Exists(Path.Combine(data, Name));

    public static void Delete(string data) => File.Delete(Path.Combine(data, Name));
}
