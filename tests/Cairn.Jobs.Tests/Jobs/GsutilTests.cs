using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>gsutil speaks TLS only, and cannot be given a token: in a job it reaches the server all the same, without a setting of the
/// user's.</summary>
public sealed class GsutilTests
{
    [Fact]
    public async Task a_job_uses_gsutil_with_its_own_token_and_nothing_is_set_for_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gsutil"), "/usr/bin/gsutil (Google Cloud CLI) is not installed.");
        await using var server = await ServerProcess.StartAsync(arguments: ["--authentication", "on", "--pip-index", "none"]);
        var token = await TokenAsync(server);
        using var client = new JobsClient(server) { Token = token };
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("in.txt", "from the bucket"u8.ToArray());

        var lines = await client.OutputAsync(
            JobsClient.Container(
                JobsClient.SklearnImage,
                ["sh", "-ec"],
                [
                    $"""
                    gsutil cat gs://{JobsClient.Bucket}/in.txt; echo
                    echo made > out.txt
                    gsutil -q cp out.txt gs://{JobsClient.Bucket}/out.txt
                    gsutil ls gs://{JobsClient.Bucket}
                    """,
                ]
            )
        );

        lines.ShouldBe(["from the bucket", $"gs://{JobsClient.Bucket}/in.txt", $"gs://{JobsClient.Bucket}/out.txt"]);
        (await client.DownloadAsync("out.txt")).ShouldBe("made\n");
        (await RefreshAsync(server, token)).ShouldBe((HttpStatusCode.OK, token));
        (await RefreshAsync(server, "cairn_unknown")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_job_that_sends_no_token_over_tls_is_its_job_and_the_port_stays_when_the_server_starts_again()
    {
        await using var server = await ServerProcess.StartAsync(arguments: ["--pip-index", "none"]);
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("go", "x"u8.ToArray());
        await client.SendAsync(HttpMethod.Post, "/storage/v1/b?project=other", new JsonObject { ["name"] = "of-another-project" });
        var name = await client.SubmitAsync(
            JobsClient.Python(
                $$"""
                import configparser, os, ssl, time, urllib.error, urllib.request
                boto = configparser.ConfigParser()
                boto.read(os.environ["BOTO_CONFIG"])
                context = ssl.create_default_context(cafile=boto["Boto"]["ca_certificates_file"])
                address = "https://%s:%s/storage/v1/b/" % (boto["Credentials"]["gs_json_host"], boto["Credentials"]["gs_json_port"])
                def call(path):
                    try:
                        return urllib.request.urlopen(address + path, context=context).status
                    except urllib.error.HTTPError as e:
                        return e.code
                    except OSError:
                        return 0
                print(call("{{JobsClient.Bucket}}/o"), call("of-another-project/o"))
                while call("{{JobsClient.Bucket}}/o/go") != 404: time.sleep(0.1)
                print("found again")
                """
            )
        );
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Count > 0, "the job to have called");

        await server.StopAsync();
        await server.RestartAsync();
        (await client.TrySendAsync(HttpMethod.Delete, $"/storage/v1/b/{JobsClient.Bucket}/o/go")).Status.ShouldBe(HttpStatusCode.NoContent);

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(name)).ShouldBe(["200 403", "found again"]);
    }

    private static async Task<(HttpStatusCode Status, string? Token)> RefreshAsync(ServerProcess server, string token)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token",
                ["refresh_token"] = token,
                ["client_id"] = "x",
                ["client_secret"] = "x",
            }
        );
        using var reply = await http.PostAsync(server.Http + "/cairn/v1/oauth2/token", form);
        return (reply.StatusCode, (string?)JsonNode.Parse(await reply.Content.ReadAsStringAsync())!["access_token"]);
    }

    private static async Task<string> TokenAsync(ServerProcess server)
    {
        var made = await HostTools.RunAsync(
            ServerProcess.Executable,
            ["tokens", "create", "ada", "--role", "editor", "--data", server.Data],
            HostTools.Environment,
            default
        );
        made.ExitCode.ShouldBe(0, made.Error);
        return made.Output.Trim();
    }
}
