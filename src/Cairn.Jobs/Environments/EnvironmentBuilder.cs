using Cairn.Jobs.Agent;
using Google.Rpc;

namespace Cairn.Jobs.Environments;

/// <summary>
/// Builds a virtual environment that adds packages to an interpreter: what that has already, it uses, and only the rest is installed, by
/// the interpreter's own pip.
/// </summary>
internal sealed class EnvironmentBuilder(TaskContext context, EnvironmentSettings settings, WheelSource wheels, TimeProvider time)
{
    /// <summary>How many requirements are tried one by one, to tell which of them cannot be had.</summary>
    private const int MaxTrials = 100;

    /// <param name="folder">An empty folder, the environment's own for ever: its programs hold this path.</param>
    /// <exception cref="TaskFailure">The packages cannot be installed; the sentence names which.</exception>
    public async Task<EnvironmentRecord> BuildAsync(
        string folder,
        string interpreter,
        IReadOnlyList<NeededPackage> needed,
        CancellationToken cancellation
    )
    {
        var links = await wheels.FolderAsync(cancellation);
        var sandbox = await BuildSandbox.CreateAsync(
            context,
            folder,
            [.. context.Record.ReadablePaths, .. links is null ? [] : (string[])[links]],
            cancellation
        );
        var made = await sandbox.RunAsync(
            [interpreter, "-I", "-m", "venv", "--system-site-packages", "--without-pip", folder],
            cancellation
        );
        if (made.ExitCode != 0)
        {
            throw new TaskFailure(
                Code.FailedPrecondition,
                $"'{interpreter}' cannot make a virtual environment: {made.Complaint}. On Debian, install the package python3-venv."
            );
        }

        await InheritAsync(folder, interpreter, cancellation);
        string[] pip =
        [
            Path.Combine(folder, "bin", "python3"),
            "-I",
            "-m",
            "pip",
            "--isolated",
            "--disable-pip-version-check",
            "--no-input",
            "--no-cache-dir",
            "install",
            "--no-warn-script-location",
        ];
        string[] place = links is null ? [] : ["--find-links", links];
        string[] offline = ["--no-index", "--no-build-isolation"];
        string[] source =
        [
            .. settings.Index is { } index ? (string[])[.. Address(index), "--retries", "1", "--timeout", "20"] : offline,
            .. place,
        ];
        var result = await sandbox.RunAsync([.. pip, .. source, "--", .. needed.Select(static one => one.Requirement)], cancellation);
        if (result.ExitCode != 0)
        {
            var complaint = new PipComplaint(interpreter, settings.Index, wheels.Address, result);
            var without =
                complaint.Unreachable || settings.Index is null
                    ? await WithoutAsync(sandbox, [.. pip, "--no-deps", "--dry-run", .. offline, .. place, "--"], needed, cancellation)
                    : [];
            throw new TaskFailure(Code.FailedPrecondition, complaint.Sentence(needed, without));
        }

        return new EnvironmentRecord(
            interpreter,
            [.. needed.Select(static one => one.Requirement)],
            [.. Installed(folder)],
            Size(folder),
            time.GetUtcNow()
        );
    }

    private static string[] Address(string index) => index == EnvironmentSettings.PyPi ? [] : ["--index-url", index];

    /// <summary>Of what is needed, that which is not at hand.</summary>
    private static async Task<IReadOnlyList<NeededPackage>> WithoutAsync(
        BuildSandbox sandbox,
        string[] trial,
        IReadOnlyList<NeededPackage> needed,
        CancellationToken cancellation
    )
    {
        var without = new List<NeededPackage>();
        foreach (var one in needed.Take(MaxTrials))
        {
            if ((await sandbox.RunAsync([.. trial, one.Requirement], cancellation)).ExitCode != 0)
            {
                without.Add(one);
            }
        }

        return without;
    }

    /// <summary>
    /// A virtual environment adds to the interpreter below, not to another virtual environment; what that has is joined by a path file.
    /// </summary>
    private static async Task InheritAsync(string folder, string interpreter, CancellationToken cancellation)
    {
        var parent = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(interpreter)!, ".."));
        if (File.Exists(Path.Combine(parent, "pyvenv.cfg")) && Sites(parent) is { Count: > 0 } sites)
        {
            await File.WriteAllLinesAsync(Path.Combine(Sites(folder)[0], "parent.pth"), sites, cancellation);
        }
    }

    private static IReadOnlyList<string> Sites(string environment) =>
        [
            .. Directory
                .GetDirectories(Path.Combine(environment, "lib"), "python3*")
                .Select(static version => Path.Combine(version, "site-packages"))
                .Where(Directory.Exists),
        ];

    private static IEnumerable<string> Installed(string folder) =>
        Sites(folder)
            .SelectMany(static site => Directory.GetDirectories(site, "*.dist-info"))
            .Select(static path => Path.GetFileNameWithoutExtension(path).Split('-'))
            .Where(static parts => parts.Length == 2)
            .Select(static parts => $"{parts[0]} {parts[1]}")
            .Order(StringComparer.Ordinal);

    private static long Size(string folder) =>
        new DirectoryInfo(folder)
            .EnumerateFiles(
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    AttributesToSkip = FileAttributes.ReparsePoint,
                    IgnoreInaccessible = true,
                }
            )
            .Sum(static file => file.Length);
}
