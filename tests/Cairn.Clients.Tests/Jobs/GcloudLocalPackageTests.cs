using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Jobs;

/// <summary>gcloud builds images with docker; podman does it in docker's name, as docs/jobs.md says.</summary>
public sealed class GcloudLocalPackageTests(JobsServer server) : IClassFixture<JobsServer>
{
    private const string Base = "localhost/cairn-tests/gcloud-base:1";
    private const string Busybox = "/usr/bin/busybox";

    [Fact]
    public async Task a_local_package_becomes_an_image_that_the_job_runs()
    {
        var gcloud = await GcloudAsync();
        var image = $"us-docker.pkg.dev/demo/tests/package:{Guid.NewGuid():n}";

        var name = await gcloud.RunAsync(
            "ai",
            "custom-jobs",
            "create",
            "--region=us-central1",
            "--display-name=local",
            "--args=--epochs=3",
            "--format=value(name)",
            $"--worker-pool-spec=replica-count=1,machine-type=n1-standard-4,executor-image-uri={Base},output-image-uri={image},local-package-path={Package()},script=task.sh"
        );

        JsonNode job = null!;
        await Poll.UntilAsync(
            async () =>
                (string)(job = await server.Rest.GetAsync("/v1/" + name.Split('\n')[^1]))["state"]!
                    is "JOB_STATE_SUCCEEDED"
                        or "JOB_STATE_FAILED",
            $"{name} to end",
            TimeSpan.FromSeconds(120)
        );
        ((string)job["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", job.ToJsonString());
        ((string)job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["imageUri"]!).ShouldBe(image);
        await PodmanAsync("rmi", "--force", image);
    }

    [Fact]
    public async Task a_local_run_needs_no_server()
    {
        var gcloud = await GcloudAsync();
        var image = $"localhost/cairn-tests/local-run:{Guid.NewGuid():n}";

        var output = await gcloud.RunAsync(
            "ai",
            "custom-jobs",
            "local-run",
            $"--executor-image-uri={Base}",
            $"--output-image-uri={image}",
            $"--local-package-path={Package()}",
            "--script=task.sh",
            $"--service-account-key-file={server.Files["key.json"]}",
            "--",
            "--epochs=4"
        );

        output.ShouldContain("trained with --epochs=4");
        await PodmanAsync("rmi", "--force", image);
    }

    private string Package()
    {
        var folder = Directory.CreateDirectory(server.Files["package"]).FullName;
        File.WriteAllText(Path.Combine(folder, "task.sh"), "echo trained with $@\n");
        return folder;
    }

    /// <summary>
    /// gcloud with a <c>docker</c> that is podman, and a base image that has what its Dockerfiles call: <c>/bin/bash</c> and <c>mkdir</c>.
    /// </summary>
    private async Task<ClientProgram> GcloudAsync()
    {
        if (!File.Exists("/usr/bin/podman"))
        {
            Assert.Skip("podman is not installed.");
        }

        if (!File.Exists(Busybox))
        {
            Assert.Skip("busybox-static is not installed, of which the test image is made.");
        }

        await File.WriteAllTextAsync(server.Files["key.json"], "{}");
        var programs = Directory.CreateDirectory(server.Files["programs"]).FullName;
        var configuration = Path.Combine(programs, "containers.conf");
        await File.WriteAllTextAsync(
            configuration,
            """
            [containers]
            default_ulimits = ["nofile=20000:20000","nproc=8192:8192"]
            cgroups = "enabled"
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            runtime = "runc"

            """
        );
        var own =
            Directory.Exists("/run/systemd/system") || !File.Exists("/usr/sbin/runc") ? "" : $"export CONTAINERS_CONF={configuration}";
        var docker = Path.Combine(programs, "docker");
        await File.WriteAllTextAsync(
            docker,
            $"""
            #!/bin/sh
            {own}
            [ "$1" = push ] && exit 0
            exec podman "$@"
            """
        );
        File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var folder = Directory.CreateDirectory(server.Files["base"]).FullName;
        File.Copy(Busybox, Path.Combine(folder, "busybox"), overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "bash"), "#!/bin/sh\nexec /bin/sh \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(folder, "bash"), (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Dockerfile"),
            "FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/mkdir\nCOPY bash /bin/bash\n"
        );
        await PodmanAsync("build", "--quiet", "--tag", Base, folder);
        return server.Gcloud(programs);
    }

    private async Task PodmanAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(server.Files["programs/docker"], arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
    }
}
