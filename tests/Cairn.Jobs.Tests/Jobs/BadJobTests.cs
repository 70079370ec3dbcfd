using System.Text.Json.Nodes;

namespace Cairn.Jobs.Tests.Jobs;

public sealed class BadJobTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    public static TheoryData<string, string, string> Bad =>
        new()
        {
            { "{}", "INVALID_ARGUMENT", "`job_spec.worker_pool_specs` is empty" },
            { Pool("{}"), "INVALID_ARGUMENT", "neither a container_spec nor a python_package_spec" },
            { Pool("""{"containerSpec":{"imageUri":"not an image","command":["a"]}}"""), "INVALID_ARGUMENT", "'not an image'" },
            {
                Pool(
                    """{"containerSpec":{"imageUri":"a/b","env":[{"name":"1A","value":""},{"name":"B","value":""},{"name":"B","value":""}]}}"""
                ),
                "INVALID_ARGUMENT",
                "'1A'"
            },
            {
                Pool("""{"containerSpec":{"imageUri":"a/b","env":[{"name":"B","value":""},{"name":"B","value":""}]}}"""),
                "INVALID_ARGUMENT",
                "'B' twice"
            },
            {
                Pool("""{"pythonPackageSpec":{"executorImageUri":"a/b","packageUris":["http://x/y.tar.gz"],"pythonModule":"m"}}"""),
                "INVALID_ARGUMENT",
                "gs://bucket/object"
            },
            {
                Pool("""{"pythonPackageSpec":{"executorImageUri":"a/b","packageUris":["gs://bucket/../y.tar.gz"],"pythonModule":"m"}}"""),
                "INVALID_ARGUMENT",
                "'..'"
            },
            {
                Pool("""{"pythonPackageSpec":{"executorImageUri":"a/b","packageUris":["gs://bucket/y.exe"],"pythonModule":"m"}}"""),
                "INVALID_ARGUMENT",
                ".tar.gz"
            },
            {
                Pool(
                    """{"pythonPackageSpec":{"executorImageUri":"a/b","packageUris":["gs://bucket/y.whl"],"pythonModule":"os; import x"}}"""
                ),
                "INVALID_ARGUMENT",
                "dotted name"
            },
            { Pool(Good, "\"scheduling\":{\"timeout\":\"-5s\"}"), "INVALID_ARGUMENT", "scheduling.timeout" },
            { Pool(Good, "\"baseOutputDirectory\":{\"outputUriPrefix\":\"/tmp/x\"}"), "INVALID_ARGUMENT", "base_output_directory" },
            {
                Pool("""{"replicaCount":"4","containerSpec":{"imageUri":"a/b","command":["x"]}}"""),
                "INVALID_ARGUMENT",
                "the first pool is the chief's and has exactly 1"
            },
            {
                Pool("""{},{"replicaCount":"1","containerSpec":{"imageUri":"a/b","command":["x"]}}"""),
                "INVALID_ARGUMENT",
                "worker_pool_specs[0]` has neither"
            },
            { Pool(Good + """,{"replicaCount":"2"}"""), "INVALID_ARGUMENT", "worker_pool_specs[1]` has neither" },
            {
                Pool(
                    """{"machineSpec":{"acceleratorType":"NVIDIA_TESLA_T4","acceleratorCount":2},"containerSpec":{"imageUri":"us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest","command":["true"]}}"""
                ),
                "FAILED_PRECONDITION",
                "2 × NVIDIA_TESLA_T4"
            },
            { Pool(Good + ",{},{}," + Good + "," + Good), "INVALID_ARGUMENT", "5 pools" },
            {
                Pool(Good + """,{"replicaCount":"9999","containerSpec":{"imageUri":"a/b","command":["x"]}}"""),
                "INVALID_ARGUMENT",
                "9999 replicas"
            },
            {
                Pool(
                    Good
                        + """,{"replicaCount":"500","containerSpec":{"imageUri":"us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest","command":["true"]}}"""
                ),
                "FAILED_PRECONDITION",
                "--job-slots 501"
            },
            { Pool(Good, "\"persistentResourceId\":\"p\""), "UNIMPLEMENTED", "persistent" },
            {
                Pool("""{"containerSpec":{"imageUri":"us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-17.py310:latest","command":["x"]}}"""),
                "FAILED_PRECONDITION",
                "tensorflow"
            },
            {
                Pool("""{"containerSpec":{"imageUri":"us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest"}}"""),
                "INVALID_ARGUMENT",
                "no entry point"
            },
        };

    private const string Good =
        """{"containerSpec":{"imageUri":"us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest","command":["true"]}}""";

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task a_bad_job_is_refused_with_a_sentence(string spec, string status, string sentence)
    {
        var job = new JsonObject { ["displayName"] = "bad", ["jobSpec"] = JsonNode.Parse(spec) };

        var refusal = await _client.RefusalAsync(job);

        refusal.Status.ShouldBe(status, refusal.Message);
        refusal.Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task all_errors_are_told_at_once()
    {
        var job = new JsonObject
        {
            ["displayName"] = "",
            ["labels"] = new JsonObject { ["Big"] = "x" },
            ["jobSpec"] = JsonNode.Parse(Pool("{}")),
        };

        var (_, message) = await _client.RefusalAsync(job);

        message.ShouldContain("`display_name`");
        message.ShouldContain("'Big'");
        message.ShouldContain("neither");
    }

    [Fact]
    public async Task a_job_that_does_not_exist_is_not_found()
    {
        var (status, reply) = await _client.TrySendAsync(HttpMethod.Get, $"/v1/{_client.Parent}/customJobs/404");

        ((int)status).ShouldBe(404);
        ((string)reply["error"]!["message"]!).ShouldContain("customJobs/404");
    }

    private static string Pool(string pools, string? more = null) =>
        $$"""{"workerPoolSpecs":[{{pools}}]{{(more is null ? "" : "," + more)}}}""";
}
