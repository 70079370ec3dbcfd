using Cairn.Jobs;
using Cairn.Server.Telemetry;
using Cairn.Serving;

namespace Cairn.Server;

/// <summary>What `cairn server` takes.</summary>
public sealed record ServerOptions
{
    /// <summary>The server's own folder; made where it is missing.</summary>
    public string Data { get; init; } = DefaultData;

    /// <summary>REST, in cleartext. Port 0 takes a free one.</summary>
    public string Http { get; init; } = "127.0.0.1:8080";

    /// <summary>gRPC, in cleartext.</summary>
    public string Grpc { get; init; } = "127.0.0.1:8081";

    /// <summary>Both protocols under TLS on one port, or null for none.</summary>
    public string? Https { get; init; }

    /// <summary>
    /// PEM files of the certificate (with its chain) and its key; made and kept in the data folder where they are not given.
    /// </summary>
    public string? Certificate { get; init; }

    public string? Key { get; init; }

    /// <summary><c>postgres://…</c>, or null for SQLite in the data folder.</summary>
    public string? Store { get; init; }

    /// <summary><c>s3://…</c>, or null for files in the data folder.</summary>
    public string? Objects { get; init; }

    /// <summary>Whether requests need a token; null: only where a listener is not bound to loopback.</summary>
    public bool? Authentication { get; init; }

    /// <summary>Host names besides loopback's that requests to a server without authentication may carry.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>How jobs are run.</summary>
    public JobsOptions Jobs { get; init; } = new();

    /// <summary>How models are served.</summary>
    public ServingOptions Serving { get; init; } = new();

    /// <summary>What the server tells of itself, and to whom.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>The <c>cairn</c> program, for the processes that the server starts; this process's own where it is null.</summary>
    public string? Executable { get; init; }

    public static string DefaultData => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cairn");
}
