using System.Diagnostics.Metrics;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Telemetry;
using Cairn.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Server.Tests.Telemetry;

public sealed class TelemetryDocumentTests
{
    [Fact]
    public async Task the_documentation_has_every_metric_that_there_is()
    {
        using var scratch = new ScratchDirectory();
        var options = RunningServer.Options(scratch["data"]);
        Directory.CreateDirectory(options.Data);
        var names = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Meter)
                {
                    lock (names)
                    {
                        names.Add(instrument.Name);
                    }
                }
            },
        };
        listener.Start();
        var provider = CairnServer.Services(options, new Listeners(options)).BuildServiceProvider();
        await using (provider)
        {
            _ = provider
                .GetServices<IRpcService>()
                .Concat<object>(provider.GetServices<IDoor>())
                .Concat(provider.GetServices<ITelemetryProbe>())
                .ToList();
            _ = provider.GetRequiredService<RequestTelemetry>();
        }

        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "telemetry.md"));
        names.Count.ShouldBeGreaterThan(15);
        names.ShouldAllBe(name => text.Contains($"`{name}`", StringComparison.Ordinal));
    }
}
