using Cairn.Data;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Fetches a job's Python packages and lays them out so that <c>PYTHONPATH</c> finds them: wheels as they are, source archives by the
/// folder that holds their modules. Nothing of them is executed for that; what they require is
/// <see cref="Environments.EnvironmentInstaller"/>'s matter.
/// </summary>
internal sealed class PackageInstaller(TaskContext context, ObjectClient objects)
{
    private static readonly string[] SourceSuffixes = [".tar.gz", ".tgz", ".zip"];

    /// <summary>Fetches them and returns the folders for <c>PYTHONPATH</c>, in order.</summary>
    /// <exception cref="TaskFailure">A package is missing or broken.</exception>
    public async Task<IReadOnlyList<string>> InstallAsync(PythonPackage package, CancellationToken cancellation)
    {
        var paths = new List<string>();
        for (var i = 0; i < package.Uris.Count; i++)
        {
            var uri = GsUri.Parse(package.Uris[i], "package_uris");
            var name = uri.Object[(uri.Object.LastIndexOf('/') + 1)..];
            var suffix =
                SourceSuffixes.Append(".whl").FirstOrDefault(candidate => name.EndsWith(candidate, StringComparison.Ordinal))
                ?? throw new TaskFailure(
                    Code.InvalidArgument,
                    $"The package {uri} is neither a source archive (.tar.gz, .zip) nor a wheel (.whl)."
                );
            var folder = Directory.CreateDirectory(Path.Combine(context.Packages, $"{i}")).FullName;
            var archive = folder + suffix;
            await objects.DownloadAsync(uri, archive, cancellation);
            await ExtractAsync(uri, archive, folder, cancellation);
            File.Delete(archive);
            paths.AddRange(suffix == ".whl" ? WheelPaths(folder) : SourcePaths(folder));
            context.Log.Say($"Installed {name}.");
        }

        return paths;
    }

    private static async Task ExtractAsync(GsUri uri, string archive, string folder, CancellationToken cancellation)
    {
        try
        {
            await using var stream = File.OpenRead(archive);
            await ArchiveExtractor.ExtractAsync(stream, Path.GetFileName(uri.Object), folder, cancellation: cancellation);
        }
        catch (StatusException e)
        {
            throw new TaskFailure(Code.InvalidArgument, $"The package {uri} cannot be installed. {e.Message}");
        }
    }

    /// <summary>A wheel is its site-packages, but for what its <c>.data</c> folder says goes there too.</summary>
    private static IEnumerable<string> WheelPaths(string folder) =>
        [
            folder,
            .. Directory
                .GetDirectories(folder, "*.data")
                .SelectMany(data => new[] { "purelib", "platlib" }.Select(kind => Path.Combine(data, kind)))
                .Where(Directory.Exists),
        ];

    /// <summary>A source archive's one top folder, and its <c>src</c> where the modules are there.</summary>
    private static IEnumerable<string> SourcePaths(string folder)
    {
        var root =
            Directory.GetFiles(folder).Length == 0
            && Directory.GetDirectories(folder) is [var only]
            && !File.Exists(Path.Combine(only, "__init__.py"))
                ? only
                : folder;
        var source = Path.Combine(root, "src");
        return Directory.Exists(source) && !File.Exists(Path.Combine(source, "__init__.py")) ? [source, root] : [root];
    }
}
