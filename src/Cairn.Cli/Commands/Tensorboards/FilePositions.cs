using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cairn.Tensorboards.Uploads;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>How far a folder was uploaded, in a file of the user's: for one server, one experiment and one folder.</summary>
internal sealed class FilePositions : IUploadPositions, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly Dictionary<string, UploadPosition> _positions;
    private long _saved = Environment.TickCount64;

    private FilePositions(string path, Dictionary<string, UploadPosition> positions)
    {
        _path = path;
        _positions = positions;
    }

    public static FilePositions Open(string endpoint, TensorboardExperiment experiment, string folder)
    {
        // An experiment that was deleted and made anew has another time, and gets everything again.
        var key = string.Join('\n', endpoint, experiment.Name, experiment.CreateTime, folder);
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        var path = Path.Combine(
            state,
            "cairn",
            "uploads",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32] + ".json"
        );
        try
        {
            return new FilePositions(path, JsonSerializer.Deserialize<Dictionary<string, UploadPosition>>(File.ReadAllText(path)) ?? []);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return new FilePositions(path, []);
        }
    }

    public Task<UploadPosition> GetAsync(string file, CancellationToken cancellation) =>
        Task.FromResult(
            _positions.TryGetValue(file, out var known) && known is { Offset: > 0, Head: not null } ? known : new UploadPosition(0, "")
        );

    public Task SetAsync(string file, UploadPosition position, CancellationToken cancellation)
    {
        _positions[file] = position;
        if (Environment.TickCount64 - _saved > Interval.TotalMilliseconds)
        {
            Save();
        }

        return Task.CompletedTask;
    }

    public void Dispose() => Save();

    private void Save()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            var temporary = $"{_path}.{Environment.ProcessId}";
            File.WriteAllText(temporary, JsonSerializer.Serialize(_positions));
            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it the next upload begins at the start, and doubles nothing.
        }

        _saved = Environment.TickCount64;
    }
}
