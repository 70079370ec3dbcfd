using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Where the agents of a gang meet before any program starts: each says in its folder where it can be reached, and waits for the others. So
/// a program finds all of its cluster staged, and none starts when another cannot.
/// </summary>
internal sealed class Rendezvous(AttemptDirectory directory, TaskRecord record, LogSpool log, TimeProvider time)
{
    public const string Loopback = "127.0.0.1";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Waits for all; returns their addresses in the order of their ordinals. All have the loopback address where all are on this machine.
    /// </summary>
    /// <param name="ports">This replica's ports: in the cluster, and as its master.</param>
    public async Task<IReadOnlyList<ReplicaAddress>> MeetAsync(IReadOnlyList<int> ports, CancellationToken cancellation)
    {
        var own = new ReplicaAddress(Environment.MachineName, ports[0], ports[1]);
        if (record.Place.Replicas == 1)
        {
            return Local([own]);
        }

        directory.WriteAddress(own);
        var gang = GangDirectory.Of(directory);
        var places = ClusterPlace.All(record.Place.Pools).ToList();
        var addresses = new ReplicaAddress?[places.Count];
        var begun = time.GetTimestamp();
        var said = false;
        while (true)
        {
            for (var i = 0; i < places.Count; i++)
            {
                addresses[i] ??= gang.Replica(places[i].Name).ReadAddress();
            }

            if (addresses.All(static address => address is not null))
            {
                return Local(addresses!);
            }

            if (!said && time.GetElapsedTime(begun) > Patience)
            {
                said = true;
                log.Say(
                    $"Waiting for {string.Join(", ", places.Where((_, i) => addresses[i] is null).Select(static place => place.Name))}."
                );
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    /// <summary>On one machine they reach each other by its loopback interface, whatever the machine's name resolves to.</summary>
    private static IReadOnlyList<ReplicaAddress> Local(IReadOnlyList<ReplicaAddress> addresses) =>
        addresses.All(address => address.Host == addresses[0].Host)
            ? [.. addresses.Select(static address => address with { Host = Loopback })]
            : addresses;
}
