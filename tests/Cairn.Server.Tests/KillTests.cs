using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>SIGKILL in the middle of writes: what was acknowledged is there afterwards, whole and once.</summary>
public sealed class KillTests
{
    private const string Endpoints = "/v1/projects/p/locations/us-central1/endpoints";
    private const int Writers = 8;

    [Fact]
    public async Task what_was_acknowledged_on_sqlite_survives_a_kill()
    {
        await using var server = await ServerProcess.StartAsync();
        await KillWhileWritingAsync(server);
    }

    [Fact]
    public async Task what_was_acknowledged_on_postgresql_survives_a_kill()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await ServerProcess.StartAsync(arguments: ["--store", await postgres.CreateDatabaseAsync()]);
        await KillWhileWritingAsync(server);
    }

    private static async Task KillWhileWritingAsync(ServerProcess server)
    {
        var acknowledged = new ConcurrentDictionary<string, string>();
        for (var round = 0; round < 3; round++)
        {
            var before = acknowledged.Count;
            var writers = Enumerable
                .Range(0, Writers)
                .Select(writer => WriteUntilItBreaksAsync(server.Http, $"{round}-{writer}", acknowledged))
                .ToArray();
            await Poll.UntilAsync(() => acknowledged.Count >= before + 60, "60 acknowledged writes");
            server.Kill();
            await Task.WhenAll(writers);
            await server.RestartAsync();
            var stored = await ListAsync(server.Http);
            stored.Select(static endpoint => endpoint.Name).ShouldBeUnique();
            var byName = stored.ToDictionary(static endpoint => endpoint.Name, static endpoint => endpoint.DisplayName);
            foreach (var (name, displayName) in acknowledged)
            {
                byName.ShouldContainKeyAndValue(name, displayName);
            }

            // Whatever more is there was under way when the server died: at most one write of each writer.
            (stored.Count - acknowledged.Count).ShouldBeInRange(0, Writers * (round + 1));
        }
    }

    private static async Task WriteUntilItBreaksAsync(string address, string writer, ConcurrentDictionary<string, string> acknowledged)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        try
        {
            for (var i = 0; ; i++)
            {
                using var response = await http.PostAsJsonAsync(Endpoints, new { displayName = $"{writer}-{i}", labels = new { writer } });
                var operation = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                response.IsSuccessStatusCode.ShouldBeTrue(operation.ToJsonString());
                acknowledged[(string)operation["response"]!["name"]!] = $"{writer}-{i}";
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // The server was killed, as the test wants.
        }
    }

    private static async Task<List<(string Name, string DisplayName)>> ListAsync(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        var all = new List<(string, string)>();
        var token = "";
        do
        {
            var page = JsonNode.Parse(await http.GetStringAsync($"{Endpoints}?pageSize=50&pageToken={Uri.EscapeDataString(token)}"))!;
            all.AddRange(
                page["endpoints"]?.AsArray().Select(static endpoint => ((string)endpoint!["name"]!, (string)endpoint["displayName"]!)) ?? []
            );
            token = (string?)page["nextPageToken"] ?? "";
        } while (token.Length > 0);
        return all;
    }
}
