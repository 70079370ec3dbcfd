using System.Diagnostics;

namespace Cairn.Kernel.Telemetry;

/// <summary>
/// What collectors subscribe to, and what several rooms call alike. What a room measures is named in its own type; <c>docs/telemetry.md</c>
/// lists all of it. Where OpenTelemetry's semantic conventions have a name, it is theirs.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The name of every meter of this server.</summary>
    public const string Meter = "Cairn";

    /// <summary>What begins the spans of this server; the span of a call is the web server's (<see cref="WebSource"/>).</summary>
    public const string Source = "Cairn";

    /// <summary>ASP.NET Core's own source: a span for each request, which continues the caller's trace.</summary>
    public const string WebSource = "Microsoft.AspNetCore";

    /// <summary>What an attempt failed with: a code of gRPC's, an HTTP status of 500 and above; absent where it did not fail.</summary>
    public const string ErrorType = "error.type";

    /// <summary>How something ended.</summary>
    public const string Outcome = "cairn.outcome";

    public static ActivitySource Spans { get; } = new(Source);

    /// <summary>
    /// The span that the caller is part of, where somebody records it; null where nobody does, which is found out in a few nanoseconds.
    /// </summary>
    public static Activity? Recorded =>
        Spans.HasListeners() && Activity.Current is { Recorded: true, IsAllDataRequested: true } span ? span : null;
}
