using System.Net;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Server.Health;
using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>A database that was damaged in its middle was served as if nothing were.</summary>
public sealed class DamagedStoreTests : IDisposable
{
    private const string Artifacts = "/v1/projects/p/locations/l/metadataStores/default/artifacts";
    private const int PageSize = 4_096;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task a_damaged_page_is_found_at_the_start_after_a_crash_by_the_doctor_and_by_requests()
    {
        var options = RunningServer.Options(_scratch["data"]);
        await using (var server = await CairnServer.StartAsync(options))
        {
            using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
            for (var i = 0; i < 30; i++)
            {
                await client.PostAsync(Artifacts + $"?artifactId=a{i}", new { description = "needle " + new string('x', 3_000) });
            }
        }

        (await Doctor.ExamineAsync(options)).ShouldAllBe(static finding => finding.Severity != Severity.Bad);
        Damage(Path.Combine(_scratch["data"], "cairn.db"));

        var findings = await Doctor.ExamineAsync(options);
        findings.Single(static finding => finding.Severity == Severity.Bad).Text.ShouldContain("damaged");

        // After a clean stop nothing is looked through; the first request that comes to the page finds out.
        await using (var server = await CairnServer.StartAsync(options))
        {
            using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
            var (status, answer) = await client.TrySendAsync(HttpMethod.Get, Artifacts);
            status.ShouldBe(HttpStatusCode.InternalServerError);
            ((string)answer["error"]!["status"]!).ShouldBe("DATA_LOSS");
            ((string)answer["error"]!["message"]!).ShouldContain("cairn doctor");
            ((string)(await client.GetAsync("/healthz"))["text"]!).ShouldStartWith("degraded: the database is damaged");
        }

        // What a server that was killed leaves behind.
        await File.WriteAllTextAsync(Path.Combine(_scratch["data"], "server.json"), "{}");
        (await Should.ThrowAsync<StatusException>(() => CairnServer.StartAsync(options))).Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task the_doctor_names_what_is_missing_open_or_away()
    {
        (await Doctor.ExamineAsync(RunningServer.Options(_scratch["nowhere"]))).ShouldContain(static finding =>
            finding.Severity == Severity.Bad && finding.Text.Contains("--data", StringComparison.Ordinal)
        );

        var options = RunningServer.Options(_scratch["open"]);
        await using (await CairnServer.StartAsync(options))
        {
            (await Doctor.ExamineAsync(options)).ShouldContain(static finding => finding.Text == "A server runs on the folder.");
        }

        File.SetUnixFileMode(_scratch["open"], File.GetUnixFileMode(_scratch["open"]) | UnixFileMode.OtherRead);
        var away = await Doctor.ExamineAsync(options with { Store = $"postgres://nobody@127.0.0.1:{PostgresServer.FreePort()}/none" });
        away.ShouldContain(finding =>
            finding.Severity == Severity.Warning && finding.Text.Contains("chmod go-rwx", StringComparison.Ordinal)
        );
        away.ShouldContain(static finding =>
            finding.Severity == Severity.Bad && finding.Text.Contains("PostgreSQL", StringComparison.Ordinal)
        );
    }

    /// <summary>Overwrites the pages in which the artifacts are, but not those of the tables that a start reads.</summary>
    private static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var needle = Encoding.UTF8.GetBytes("needle ");
        var pages = new HashSet<int>();
        for (var at = bytes.AsSpan().IndexOf(needle); at >= 0; )
        {
            pages.Add(at / PageSize);
            var next = bytes.AsSpan(at + 1).IndexOf(needle);
            at = next < 0 ? -1 : at + 1 + next;
        }

        pages.ShouldNotBeEmpty();
        foreach (var page in pages)
        {
            bytes.AsSpan(page * PageSize, PageSize).Fill(0xFF);
        }

        File.WriteAllBytes(path, bytes);
    }
}
