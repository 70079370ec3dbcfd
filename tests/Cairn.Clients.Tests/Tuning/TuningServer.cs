namespace Cairn.Clients.Tests.Tuning;

/// <summary>A server with nothing in it.</summary>
public sealed class TuningServer : ClientServer;
