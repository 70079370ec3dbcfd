namespace Cairn.Kernel.Hosting;

/// <summary>What every capability may know of the server it runs in. Made once by the host, before anything else.</summary>
public sealed record ServerEnvironment
{
    /// <summary>The server's own folder, absolute. A capability keeps its files in a sub-folder of its name.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>This server's identity among many, for leases: stable while the process lives.</summary>
    public required string ServerId { get; init; }

    /// <summary>
    /// The URL at which tasks on this machine reach the REST doors, without a trailing slash: <c>http://127.0.0.1:8080</c>. Known once the
    /// listeners are bound.
    /// </summary>
    public required Func<Uri> HttpUrl { get; init; }

    /// <summary>Host and port of cleartext gRPC: <c>127.0.0.1:8081</c>.</summary>
    public required Func<string> GrpcAddress { get; init; }

    /// <summary>
    /// Where tasks on this machine reach it under TLS; null where they do not. What they trust is made with the first call. Known once the
    /// listeners are bound.
    /// </summary>
    public Func<TaskTls?> TaskTls { get; init; } = static () => null;

    /// <summary>The <c>cairn</c> program itself, to start agents with.</summary>
    public required string Executable { get; init; }

    /// <summary>The Python interpreter that tasks and predictors use where nothing else is configured.</summary>
    public string Python { get; init; } = "/usr/bin/python3";
}
