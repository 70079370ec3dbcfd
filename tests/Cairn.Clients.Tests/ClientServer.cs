using System.Reflection;
using Cairn.Testing;

namespace Cairn.Clients.Tests;

/// <summary>
/// A real server, and the official clients pointed at it, as the documentation says. Each group of tests derives its own, so that they do
/// not see each other's resources.
/// </summary>
public abstract class ClientServer(params string[] arguments) : IAsyncLifetime
{
    public const string Project = "demo";

    public ServerProcess Process { get; private set; } = null!;

    /// <summary>The server's own doors, for what a test prepares.</summary>
    public RestClient Rest { get; private set; } = null!;

    /// <summary>Where the clients run, and keep their files.</summary>
    public ScratchDirectory Files { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Process = await ServerProcess.StartAsync(arguments: arguments);
        Rest = new RestClient(Process.Http);
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        await Process.DisposeAsync();
        Files.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <param name="programs">A folder of programs that it finds first.</param>
    public ClientProgram Gcloud(string? programs = null)
    {
        SkipWithout("gcloud", "Google Cloud CLI");
        return new ClientProgram(
            "gcloud",
            new Dictionary<string, string>
            {
                ["PATH"] = programs is null
                    ? Environment.GetEnvironmentVariable("PATH")!
                    : $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
                ["CLOUDSDK_CONFIG"] = Folder("gcloud-config"),
                ["CLOUDSDK_AUTH_DISABLE_CREDENTIALS"] = "true",
                ["CLOUDSDK_CORE_PROJECT"] = Project,
                ["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "1",
                ["CLOUDSDK_CORE_DISABLE_USAGE_REPORTING"] = "true",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM"] = $"{Process.Http}/",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_ML"] = $"{Process.Http}/",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] = $"{Process.Http}/storage/v1/",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING"] = $"{Process.Http}/",
            },
            Files.Path
        );
    }

    /// <summary>Node with the official packages; skips by name where one is not installed.</summary>
    /// <param name="packages">What the script needs: <c>@google-cloud/storage</c>.</param>
    public ClientProgram Node(params string[] packages)
    {
        SkipWithout("node", "Node");
        var modules = typeof(ClientServer)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static item => item.Key == "NodeModules")
            .Value!;
        foreach (var package in packages)
        {
            if (!Directory.Exists(Path.Combine(modules, package)))
            {
                Assert.Skip($"The package {package} is not installed: run `make deps`.");
            }
        }

        return new ClientProgram(
            "node",
            new Dictionary<string, string>
            {
                ["NODE_PATH"] = modules,
                ["GOOGLE_CLOUD_PROJECT"] = Project,
                ["CAIRN_HTTP"] = Process.Http,
                ["CAIRN_GRPC"] = Process.Grpc,
                ["CAIRN_GRPC_PORT"] = Process.Grpc.Split(':')[1],
            },
            Files.Path
        );
    }

    /// <summary>Runs a script of this project with Node; it says <c>done</c> when all it asserts has held.</summary>
    public async Task RunScriptAsync(string script, params string[] packages) =>
        (await Node(packages).RunAsync(Path.Combine(AppContext.BaseDirectory, script))).ShouldEndWith("done");

    /// <summary>What has to be there before the first test.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected string Folder(string name) => Directory.CreateDirectory(Files[name]).FullName;

    protected static void SkipWithout(string program, string product)
    {
        if (!ClientProgram.Exists(program))
        {
            Assert.Skip($"{program} ({product}) is not installed.");
        }
    }
}
