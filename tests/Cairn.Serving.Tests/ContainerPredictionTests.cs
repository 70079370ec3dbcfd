using System.Diagnostics;
using System.Formats.Tar;
using Cairn.Kernel.Errors;
using Cairn.Serving.Containers;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.Serving.Tests;

/// <summary>A real container under podman, made of nothing but busybox: its web server answers health, and a script predicts.</summary>
public sealed class ContainerPredictionTests : IAsyncLifetime
{
    private const string Image = "localhost/cairn-test-predictor:1";
    private const string Busybox = "/usr/bin/busybox";
    private const UnixFileMode Executable =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private const string Script = """
        #!/bin/sh
        printf 'Content-Type: application/json\r\n\r\n'
        busybox cat > /dev/null
        printf '{"predictions":["%s","%s","%s"]}' "$AIP_DEPLOYED_MODEL_ID" "$WHO" "$(busybox cat /gcs/demo/weights/weights.txt)"
        """;

    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync()
    {
        _serving = await ServingHost.StartAsync(new ServingOptions { StartTimeout = TimeSpan.FromSeconds(30) });
        if (!File.Exists(Busybox) || !File.Exists("/usr/bin/podman"))
        {
            return;
        }

        var archive = Path.Combine(_serving.Host.Directory, "image.tar");
        await using (var file = File.Create(archive))
        await using (var tar = new TarWriter(file))
        {
            await tar.WriteEntryAsync(Busybox, "bin/busybox");
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/sh") { LinkName = "busybox" });
            await AddAsync(tar, "www/health", "ok");
            await AddAsync(tar, "www/cgi-bin/predict", Script.ReplaceLineEndings("\n"));
        }

        (await _serving.Host.Get<Podman>().RunAsync(default, "import", archive, Image)).Code.ShouldBe(0);
    }

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task a_custom_container_gets_its_port_routes_and_files_and_predicts()
    {
        RequireTools();
        var endpoint = await _serving.CreateEndpointAsync();
        var id = await _serving.DeployAsync(endpoint, await UploadAsync(Image, "/health"));

        var response = await _serving.PredictAsync(endpoint, "[[1]]");

        response.Predictions.Select(p => p.StringValue).ShouldBe([id, "me and $(UNKNOWN)", "heavy"]);
    }

    [Fact]
    public async Task a_container_that_dies_is_replaced()
    {
        RequireTools();
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await UploadAsync(Image, "/health"));
        foreach (var container in await ContainersAsync())
        {
            await _serving.Host.Get<Podman>().RunAsync(default, "kill", "--signal", "KILL", container);
        }

        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                (await _serving.PredictAsync(endpoint, "[[1]]")).Predictions.Count.ShouldBe(3);
                return;
            }
            catch (StatusException e) when (e.Code == Code.Unavailable)
            {
                deadline.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
                await Task.Delay(50);
            }
        }
    }

    [Fact]
    public async Task a_container_that_never_gets_healthy_fails_the_deployment_and_leaves_nothing()
    {
        RequireTools();
        await using var impatient = await ServingHost.StartAsync(
            new ServingOptions { StartTimeout = TimeSpan.FromSeconds(2) },
            _serving.Host.Directory
        );
        var endpoint = await impatient.CreateEndpointAsync();
        var model = await UploadAsync(Image, "/nothing");

        var operation = await impatient.Host.EndAsync(impatient.StartDeployAsync(endpoint, model));

        operation.Error.ShouldNotBeNull();
        operation.Error.Code.ShouldBe((int)Code.FailedPrecondition);
        (await ContainersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("localhost/cairn-no-such-image:1")]
    [InlineData("--privileged")]
    public async Task an_image_that_is_not_there_says_how_to_load_or_map_it(string image)
    {
        RequireTools();
        var endpoint = await _serving.CreateEndpointAsync();

        var operation = await _serving.Host.EndAsync(_serving.StartDeployAsync(endpoint, await UploadAsync(image, "/health")));

        operation.Error.Code.ShouldBe((int)Code.FailedPrecondition);
        operation.Error.Message.ShouldContain(image);
        operation.Error.Message.ShouldContain("prediction-images.json");
    }

    [Fact]
    public async Task containers_that_a_killed_server_left_are_removed_at_the_next_start()
    {
        RequireTools();
        var label = $"{ServerLabel.Key}={ServerLabel.Value(_serving.Host.Get<Kernel.Hosting.ServerEnvironment>())}";
        (
            await _serving
                .Host.Get<Podman>()
                .RunAsync(
                    default,
                    "run",
                    "--detach",
                    "--network",
                    "host",
                    "--label",
                    label,
                    "--entrypoint",
                    """["/bin/busybox","sleep","600"]""",
                    Image
                )
        ).Code.ShouldBe(0);
        (await ContainersAsync()).ShouldHaveSingleItem();

        await using var next = await ServingHost.StartAsync(directory: _serving.Host.Directory);
        await next.Host.Get<OrphanContainers>().RemovedAsync(default);

        (await ContainersAsync()).ShouldBeEmpty();
    }

    private static void RequireTools()
    {
        if (!File.Exists(Busybox) || !File.Exists("/usr/bin/podman"))
        {
            Assert.Skip("podman and busybox (static) are not both installed.");
        }
    }

    private static async Task AddAsync(TarWriter tar, string name, string text) =>
        await tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = Executable,
                DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)),
            }
        );

    private Task<string> UploadAsync(string image, string health) =>
        _serving.UploadAsync(
            "weights",
            image,
            new() { ["weights.txt"] = "heavy"u8.ToArray() },
            new ModelContainerSpec
            {
                Command = { "/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:$(AIP_HTTP_PORT)", "-h", "/www" },
                Env =
                {
                    new EnvVar { Name = "WHO", Value = "me and $(UNKNOWN)" },
                },
                PredictRoute = "/cgi-bin/predict",
                HealthRoute = health,
            }
        );

    private async Task<string[]> ContainersAsync()
    {
        var label = $"label={ServerLabel.Key}={ServerLabel.Value(_serving.Host.Get<Kernel.Hosting.ServerEnvironment>())}";
        var (_, output, _) = await _serving.Host.Get<Podman>().RunAsync(default, "ps", "--all", "--quiet", "--filter", label);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
