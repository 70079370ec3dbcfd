namespace Cairn.Cli.Commands.Env;

/// <summary>The server that programs are pointed at.</summary>
/// <param name="Endpoint">Its HTTP address, without a trailing slash.</param>
/// <param name="Grpc">Host and port of cleartext gRPC.</param>
internal sealed record Target(string Endpoint, string Grpc, string Project, string Region, string? Token);
