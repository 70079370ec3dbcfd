using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Jobs.Reduction;

/// <summary>What a reducer knows of its cluster.</summary>
/// <param name="Address">Where it listens: on the loopback interface where its workers are on this machine, else on all.</param>
/// <param name="Index">Its number among the reducers.</param>
/// <param name="World">How many workers there are.</param>
/// <param name="Secret">What a worker must know: 32 bytes.</param>
internal sealed record ReducerSettings(IPEndPoint Address, int Index, int World, byte[] Secret)
{
    private const int MaxWorld = 1024;

    /// <summary>Reads <c>CLUSTER_SPEC</c>, <c>WORLD_SIZE</c> and <c>CAIRN_TOKEN</c>.</summary>
    /// <exception cref="InvalidDataException">One is missing or is not what it should be.</exception>
    public static ReducerSettings FromEnvironment(Func<string, string?> variable)
    {
        if (
            !int.TryParse(variable("WORLD_SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out var world)
            || world is < 1 or > MaxWorld
        )
        {
            throw new InvalidDataException(
                $"WORLD_SIZE is '{variable("WORLD_SIZE")}'; it must be the number of workers, 1 to {MaxWorld}. A reducer runs in a worker pool of a job."
            );
        }

        try
        {
            var spec = JsonNode.Parse(
                variable("CLUSTER_SPEC")
                    ?? throw new InvalidDataException("CLUSTER_SPEC is not set. A reducer runs in a worker pool of a job.")
            )!;
            var index = (int)spec["task"]!["index"]!;
            var address = ((string)spec["cluster"]![(string)spec["task"]!["type"]!]![index]!).Split(':');
            var host = address[0] is "127.0.0.1" ? IPAddress.Loopback : IPAddress.Any;
            return new ReducerSettings(
                new IPEndPoint(host, int.Parse(address[1], CultureInfo.InvariantCulture)),
                index,
                world,
                SecretOf(variable("CAIRN_TOKEN") ?? "")
            );
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or NullReferenceException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or IndexOutOfRangeException
            )
        {
            throw new InvalidDataException("CLUSTER_SPEC does not name this reducer's address.", e);
        }
    }

    public static byte[] SecretOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes("cairn-reducer:" + token));
}
