using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Cairn.Server.Tests.Upgrade;

/// <summary>The older version's data folder, and what is written down about it.</summary>
/// <param name="Data">The folder, unpacked.</param>
/// <param name="Token">An administrator's token of its making.</param>
/// <param name="UnderWay">What had not ended when the server was killed, by name, with the state in which it ends.</param>
/// <param name="Calls">What the server answered of all that had.</param>
internal sealed record StoredFolder(
    string Data,
    string Token,
    IReadOnlyDictionary<string, string> UnderWay,
    IReadOnlyList<StoredCall> Calls
)
{
    /// <summary>The jobs that are under way end once this object is there.</summary>
    public const string GateBucket = "upgrade-moving";

    public const string GateObject = "go";

    private static string Kept(string name) => Path.Combine(AppContext.BaseDirectory, "Upgrade", name);

    /// <summary>Unpacks it below a folder.</summary>
    public static async Task<StoredFolder> UnpackAsync(string target)
    {
        await using (var packed = new GZipStream(File.OpenRead(Kept("folder.tar.gz")), CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(packed, target, overwriteFiles: false);
        }

        var known = JsonNode.Parse(await File.ReadAllTextAsync(Kept("answers.json")))!;
        return new StoredFolder(
            Path.Combine(target, "data"),
            (string)known["token"]!,
            known["underWay"]!.AsObject().ToDictionary(static entry => entry.Key, static entry => (string)entry.Value!),
            [
                .. known["answers"]!
                    .AsArray()
                    .Select(static call => new StoredCall(
                        (string)call!["method"]!,
                        (string)call["path"]!,
                        call["body"],
                        call["answer"]!.ToJsonString()
                    )),
            ]
        );
    }
}
