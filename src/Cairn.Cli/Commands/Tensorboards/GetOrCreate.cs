using Cairn.Cli.Api;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Tensorboards;

/// <summary>Reads a resource, or makes it where it is not there; several may do so at once.</summary>
internal static class GetOrCreate
{
    public static async Task<T> GetOrCreateAsync<T>(
        this CairnClient client,
        string get,
        string create,
        T resource,
        CancellationToken cancellation
    )
        where T : IMessage<T>, new()
    {
        try
        {
            return await client.GetAsync<T>(get, cancellation);
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND") { }

        try
        {
            return await client.PostAsync<T>(create, resource, cancellation);
        }
        catch (ApiException e) when (e.Status == "ALREADY_EXISTS")
        {
            return await client.GetAsync<T>(get, cancellation);
        }
    }
}
