using Cairn.Kernel.Tests.Database;

namespace Cairn.Tuning.Tests;

/// <summary>Tests of the Vizier service on one database.</summary>
public abstract class StudyTests(DatabaseFixture fixture) : IAsyncLifetime
{
    protected TuningHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await TuningHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
