namespace Cairn.Jobs.Tasks;

/// <summary>Where the other replicas of a gang reach one. Its agent says so when it has staged what the program needs.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Port">The replica's port in the cluster.</param>
/// <param name="MasterPort">Where the chief gathers those who train together; a port of its own, because a program may use both.</param>
public sealed record ReplicaAddress(string Host, int Port, int MasterPort);
