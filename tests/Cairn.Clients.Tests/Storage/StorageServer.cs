namespace Cairn.Clients.Tests.Storage;

/// <summary>A server with TLS too, which gsutil asks for, and the files that go to it.</summary>
public sealed class StorageServer() : ClientServer("--https", "127.0.0.1:0")
{
    public ClientProgram Gsutil()
    {
        SkipWithout("gsutil", "Google Cloud CLI");
        // Its configuration, as a file: what the documentation gives as -o options.
        var https = new Uri(Process.Https!);
        var config = Files["boto"];
        File.WriteAllText(
            config,
            $"""
            [Credentials]
            gs_json_host = {https.Host}
            gs_json_port = {https.Port}
            [Boto]
            https_validate_certificates = False
            [GSUtil]
            default_project_id = demo
            state_dir = {Files["gsutil-state"]}
            software_update_check_period = 0

            """
        );
        return new ClientProgram(
            "gsutil",
            new Dictionary<string, string>
            {
                ["BOTO_CONFIG"] = config,
                ["CLOUDSDK_CONFIG"] = Folder("gsutil-config"),
                ["CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL"] = "false",
            },
            Files.Path
        );
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
            File.WriteAllText(
                Path.Combine(
                    top,
                    (string)(
                        i % 3 == 0 ? ""
                        : i % 3 == 1 ? "sub"
                        : "sub/deep"
                    ),
                    $"file-{i}.txt"
                ),
                $"content {i}"
            );
        }

        return top;
    }

    /// <summary>The files of two folders have to be the same.</summary>
    public static void ShouldBeSame(string expected, string actual) => Contents(actual).ShouldBe(Contents(expected));

    private static SortedDictionary<string, string> Contents(string folder) =>
        new(
            Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllText),
            StringComparer.Ordinal
        );
}
