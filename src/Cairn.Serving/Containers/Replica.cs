using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Containers;

/// <summary>One running container, attached to: when the container ends, so does the process, and what it prints is read here.</summary>
internal sealed partial class Replica : IAsyncDisposable
{
    private readonly Podman _podman;
    private readonly string _name;
    private readonly Process _process;
    private readonly OutputTail _log = new();

    public Replica(Podman podman, string name, Process process, Uri address, string title, ILogger logger)
    {
        _podman = podman;
        _name = name;
        _process = process;
        Address = address;
        _ = ReadAsync(process.StandardOutput, title, logger);
        _ = ReadAsync(process.StandardError, title, logger);
        Exited = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Where it serves HTTP.</summary>
    public Uri Address { get; }

    public Task Exited { get; }

    public bool Running => !Exited.IsCompleted;

    public int ExitCode => _process.ExitCode;

    public string LastLines(int count) => _log.Last(count);

    public async ValueTask DisposeAsync()
    {
        await _podman.RunAsync(CancellationToken.None, "rm", "--force", "--ignore", "--time", "2", _name);
        if (await Task.WhenAny(Exited, Task.Delay(TimeSpan.FromSeconds(5))) != Exited)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader output, string title, ILogger logger)
    {
        try
        {
            while (await output.ReadLineAsync() is { } line)
            {
                _log.Add(line);
                Log.Printed(logger, title, line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException) { }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Title}: {Line}")]
        public static partial void Printed(ILogger logger, string title, string line);
    }
}
