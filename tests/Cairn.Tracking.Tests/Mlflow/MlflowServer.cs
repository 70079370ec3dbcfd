using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>One server for the tests of a class, on one of the stores.</summary>
public abstract class MlflowServer : IAsyncLifetime
{
    private ServerProcess? _process;

    /// <summary>Why the store cannot be had here, or null.</summary>
    public virtual string? Missing => null;

    /// <summary>The server; the test is skipped where its store cannot be had.</summary>
    public ServerProcess Process
    {
        get
        {
            Assert.SkipWhen(Missing is not null, Missing ?? "");
            return _process!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Missing is null)
        {
            _process = await ServerProcess.StartAsync(arguments: await ArgumentsAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        await EndAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual Task<string[]> ArgumentsAsync() => Task.FromResult<string[]>([]);

    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;
}
