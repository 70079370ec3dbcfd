using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Cairn.Kernel.Tests.Telemetry;

/// <summary>Makes meters, and listens to those that it has made: other tests of this process measure too.</summary>
internal sealed class Recorder : IMeterFactory
{
    private readonly MeterListener _listener = new();

    public Recorder()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentQueue<(string Name, double Value, Dictionary<string, string> Tags)> Seen { get; } = [];

    public Meter Create(MeterOptions options) => new(new MeterOptions(options.Name) { Scope = this });

    /// <summary>Values of an instrument; of one that is observed, as it is now.</summary>
    public List<double> Of(string name, string? tag = null, string? value = null)
    {
        return
        [
            .. Seen.Where(seen => seen.Name == name && (tag is null || seen.Tags.GetValueOrDefault(tag) == value))
                .Select(static seen => seen.Value),
        ];
    }

    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Seen.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary(static tag => tag.Key, static tag => $"{tag.Value}")));
}
