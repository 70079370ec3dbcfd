using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors.Kubernetes;

/// <summary>
/// What is asked of Kubernetes, against the schemas that are made from its published OpenAPI description (the npm package
/// kubernetes-models). No cluster takes part.
/// </summary>
public sealed class KubernetesManifestTests : IDisposable
{
    private static readonly JobsOptions Options = new()
    {
        Executor = JobsExecutor.Kubernetes,
        Kubernetes = new KubernetesOptions
        {
            AgentImage = "registry.example.org/cairn:1",
            Volume = "cairn-data",
            VolumePath = "servers/one",
            Namespace = "ml",
            ServiceAccount = "trainer",
            PullSecrets = ["registry"],
            NodeSelector = new Dictionary<string, string> { ["pool"] = "gpu" },
            Queue = "team-a",
        },
    };

    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task a_gangs_manifest_is_what_kubernetes_schemas_demand()
    {
        (await ComplaintsAsync(Manifest([1, 2]))).ShouldBe("");
        (await ComplaintsAsync(KubernetesManifest.Of(Gangs.Write(_data["jobs"], [1]), _data.Path, new JobsOptions(), "ml"))).ShouldContain(
            "claimName"
        );
    }

    [Fact]
    public async Task the_schemas_notice_what_is_wrong()
    {
        var manifest = Manifest([1]);
        manifest[1]["spec"]!["backoffLimit"] = "none";

        (await ComplaintsAsync(manifest)).ShouldContain("/spec/backoffLimit");
    }

    [Fact]
    public void each_pool_is_an_indexed_job_whose_pods_find_each_other_by_one_service()
    {
        var items = Manifest([1, 2]);

        items.Select(static item => (string)item["kind"]!).ShouldBe(["Service", "Job", "Job"]);
        items.Select(static item => (string)item["metadata"]!["name"]!).ShouldBe(["cairn-4711-2", "cairn-4711-2-0", "cairn-4711-2-1"]);
        var workers = items[2]["spec"]!;
        ((string)workers["completionMode"]!).ShouldBe("Indexed");
        ((int)workers["completions"]!).ShouldBe(2);
        ((int)workers["parallelism"]!).ShouldBe(2);
        ((int)workers["backoffLimit"]!).ShouldBe(0);
        ((long)workers["activeDeadlineSeconds"]!).ShouldBe(3600 + 900);
        var pod = workers["template"]!["spec"]!;
        ((string)pod["subdomain"]!).ShouldBe("cairn-4711-2");
        ((string)pod["restartPolicy"]!).ShouldBe("Never");

        // The workers' pods are counted from the replica behind the chief.
        pod["containers"]![0]!["env"]!.AsArray().Single(static variable => (string)variable!["name"]! == "CAIRN_FIRST_REPLICA")!["value"]!
            .GetValue<string>()
            .ShouldBe("1");
    }

    [Fact]
    public void pods_see_nothing_of_the_servers_data_but_their_tasks_folder_and_the_manifest_holds_no_secret()
    {
        var manifest = Manifest([1]);

        var container = manifest[1]["spec"]!["template"]!["spec"]!["containers"]![0]!;
        var jobs = container["volumeMounts"]!.AsArray().Single(static mount => (string)mount!["name"]! == "jobs")!;
        ((string)jobs["mountPath"]!).ShouldBe(_data["jobs/4711"]);
        ((string)jobs["subPath"]!).ShouldBe("servers/one/jobs/4711");
        string.Concat(manifest.Select(static item => item.ToJsonString())).ShouldNotContain("a-token");
        string.Concat(manifest.Select(static item => item.ToJsonString())).ShouldNotContain("hidden");
    }

    [Fact]
    public void a_machine_is_what_its_container_may_use()
    {
        var items = Manifest([1, 1]);

        Limits(items[1]).ToJsonString().ShouldBe("""{"cpu":"4","memory":"15360Mi","nvidia.com/gpu":"2"}""");
        Limits(items[2]).ToJsonString().ShouldBe("""{"cpu":"4","memory":"15360Mi"}""");
    }

    private static JsonNode Limits(JsonNode job) => job["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!["limits"]!;

    private IReadOnlyList<JsonObject> Manifest(int[] pools) =>
        KubernetesManifest.Of(Gangs.Write(_data["jobs"], pools), _data.Path, Options, "ml");

    /// <summary>What the schemas have against a manifest; empty where nothing.</summary>
    private async Task<string> ComplaintsAsync(IReadOnlyList<JsonObject> manifest)
    {
        var schemas = Schemas() ?? "";
        if (schemas.Length == 0)
        {
            Assert.Skip("The npm package kubernetes-models is not installed.");
        }

        const string script = """
            import fs from 'node:fs';
            import { pathToFileURL } from 'node:url';
            const [, , schemas, file] = process.argv;
            const names = { 'v1/Service': 'IoK8sApiCoreV1Service', 'batch/v1/Job': 'IoK8sApiBatchV1Job' };
            for (const item of JSON.parse(fs.readFileSync(file))) {
              const { validate } = await import(pathToFileURL(`${schemas}/${names[`${item.apiVersion}/${item.kind}`]}.js`));
              if (!validate(item)) console.log(JSON.stringify(validate.errors));
            }
            """;
        await File.WriteAllTextAsync(_data["check.mjs"], script);
        await File.WriteAllTextAsync(_data["manifest.json"], $"[{string.Join(',', manifest.Select(static item => item.ToJsonString()))}]");
        using var node = Process.Start(
            new ProcessStartInfo("node", [_data["check.mjs"], schemas, _data["manifest.json"]])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = node.StandardError.ReadToEndAsync();
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, await error);
        return output.Trim();
    }

    private static string? Schemas()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var schemas = Path.Combine(folder.FullName, "node_modules", "kubernetes-models", "_schemas");
            if (Directory.Exists(schemas))
            {
                return schemas;
            }
        }

        return null;
    }
}
