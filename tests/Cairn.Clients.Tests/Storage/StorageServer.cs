using System.Reflection;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Storage;

/// <summary>A real server with TLS, and the clients of Cloud Storage pointed at it, as the documentation says.</summary>
public sealed class StorageServer : IAsyncLifetime
{
    private ServerProcess process = null!;

    /// <summary>Where the clients run, and keep their files.</summary>
    public ScratchDirectory Files { get; } = new();

    public string Http => process.Http;

    public async ValueTask InitializeAsync() => process = await ServerProcess.StartAsync(arguments: ["--https", "127.0.0.1:0"]);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Files.Dispose();
    }

    public ClientProgram Gcloud()
    {
        SkipWithout("gcloud", "Google Cloud CLI");
        return new ClientProgram(
            "gcloud",
            new Dictionary<string, string>
            {
                ["CLOUDSDK_CONFIG"] = Directory.CreateDirectory(Files["gcloud-config"]).FullName,
                ["CLOUDSDK_AUTH_DISABLE_CREDENTIALS"] = "true",
                ["CLOUDSDK_CORE_PROJECT"] = "demo",
                ["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "1",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] = $"{process.Http}/storage/v1/",
                ["CLOUDSDK_CORE_DISABLE_USAGE_REPORTING"] = "true",
            },
            Files.Path);
    }

    public ClientProgram Gsutil()
    {
        SkipWithout("gsutil", "Google Cloud CLI");
        // Its configuration, as a file: what the documentation gives as -o options.
        var https = new Uri(process.Https!);
        var config = Files["boto"];
        File.WriteAllText(config, $"""
            [Credentials]
            gs_json_host = {https.Host}
            gs_json_port = {https.Port}
            [Boto]
            https_validate_certificates = False
            [GSUtil]
            default_project_id = demo
            state_dir = {Files["gsutil-state"]}
            software_update_check_period = 0

            """);
        return new ClientProgram(
            "gsutil",
            new Dictionary<string, string>
            {
                ["BOTO_CONFIG"] = config,
                ["CLOUDSDK_CONFIG"] = Directory.CreateDirectory(Files["gsutil-config"]).FullName,
                ["CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL"] = "false",
            },
            Files.Path);
    }

    public ClientProgram Node()
    {
        SkipWithout("node", "Node");
        var modules = typeof(StorageServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "NodeModules").Value!;
        if (!Directory.Exists(Path.Combine(modules, "@google-cloud/storage")))
        {
            Assert.Skip("The package @google-cloud/storage is not installed: run `make deps`.");
        }

        return new ClientProgram("node", new Dictionary<string, string> { ["NODE_PATH"] = modules, ["CAIRN_HTTP"] = process.Http }, Files.Path);
    }

    /// <summary>Writes a file of random bytes and returns its path.</summary>
    public string RandomFile(string name, int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var path = Files[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A folder of small files below others.</summary>
    public string Tree(string name)
    {
        var top = Directory.CreateDirectory(Path.Combine(Files[name], "sub/deep")).Parent!.Parent!.FullName;
        for (var i = 0; i < 12; i++)
        {
            File.WriteAllText(Path.Combine(top, (string)(i % 3 == 0 ? "" : i % 3 == 1 ? "sub" : "sub/deep"), $"file-{i}.txt"), $"content {i}");
        }

        return top;
    }

    /// <summary>The files of two folders have to be the same.</summary>
    public static void ShouldBeSame(string expected, string actual)
        => Contents(actual).ShouldBe(Contents(expected));

    private static SortedDictionary<string, string> Contents(string folder)
        => new(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllText), StringComparer.Ordinal);

    private static void SkipWithout(string program, string product)
    {
        if (!ClientProgram.Exists(program))
        {
            Assert.Skip($"{program} ({product}) is not installed.");
        }
    }
}
