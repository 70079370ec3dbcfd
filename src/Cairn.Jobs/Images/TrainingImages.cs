using Cairn.Jobs.Agent;
using Cairn.Jobs.Executors;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;

namespace Cairn.Jobs.Images;

/// <summary>How a training image is run here.</summary>
/// <param name="Executor">The executor's name.</param>
/// <param name="Interpreter">The local Python, for an image that maps to one.</param>
/// <param name="Image">The image to run, for one that maps to nothing on this machine.</param>
/// <param name="Paths">Folders outside the system that a task may read.</param>
internal sealed record ImagePlan(string Executor, string? Interpreter, string? Image, IReadOnlyList<string> Paths)
{
    /// <summary>What runs where the job gives no command; empty where it must.</summary>
    public IReadOnlyList<string> EntryPoint { get; init; } = [];

    /// <summary>The local program of another language, <c>Rscript</c> or <c>dotnet</c>, for an image that maps to one.</summary>
    public string? Program { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}

/// <summary>Decides where an image runs: in the local environment that it maps to, else under podman.</summary>
internal sealed class TrainingImages(
    ServerEnvironment server,
    InterpreterProbe probe,
    IEnumerable<IExecutor> executors,
    JobsOptions options
)
{
    /// <summary>Vertex's reduction server, which Cairn's own stands for (see docs/jobs.md).</summary>
    private const string ReductionServer = "us-docker.pkg.dev/vertex-ai-restricted/training/reductionserver";

    /// <summary>Whether an image is the reduction server, in any version.</summary>
    public static bool IsReductionServer(string image) =>
        image.StartsWith(ReductionServer, StringComparison.Ordinal)
        && (image.Length == ReductionServer.Length || image[ReductionServer.Length] is ':' or '@');

    /// <exception cref="StatusException">FAILED_PRECONDITION, where neither is possible, saying what would make it so.</exception>
    public async Task<ImagePlan> PlanAsync(string image)
    {
        if (options.Executor == JobsExecutor.Kubernetes)
        {
            // What is installed on this machine says nothing of pods. They run the image itself, or the one that stands for it.
            return new ImagePlan("pod", null, Load().Find(image)?.Image ?? image, []);
        }

        if (Load().Find(image) is not { } environment)
        {
            return IsReductionServer(image)
                ? OwnProgram("reducer")
                : Container(image, $"The image '{image}' is not mapped to a local environment");
        }

        if (environment.Image is { } other)
        {
            return Container(other, $"The image '{image}' is mapped to '{other}'");
        }

        var interpreter =
            environment.Interpreter
            ?? environment.Language switch
            {
                ImageLanguage.R => HostTools.Find("Rscript") ?? "/usr/bin/Rscript",
                ImageLanguage.Dotnet => HostTools.Find("dotnet") ?? "/usr/bin/dotnet",
                _ => server.Python,
            };
        var missing = await probe.MissingAsync(environment.Language, interpreter, environment.Modules);
        if (missing is { Count: 0 })
        {
            return environment.Language == ImageLanguage.Python
                ? new ImagePlan("process", interpreter, null, environment.Paths) { Variables = environment.Variables }
                : new ImagePlan("process", null, null, environment.Paths) { Program = interpreter, Variables = environment.Variables };
        }

        var kind = environment.Language == ImageLanguage.R ? "package" : "module";
        var install = environment.Install is { } hint ? $" To get it: {hint}." : "";
        throw StatusException.FailedPrecondition(
            missing is null
                ? $"The image '{image}' is mapped to the interpreter '{interpreter}', which does not run on this machine.{install} Or map the image to another environment in {UserFile}, by `interpreter`, or by `image` to a container."
                : $"The image '{image}' is mapped to the interpreter '{interpreter}', which lacks {string.Join(" and ", missing.Select(module => $"the {kind} '{module}'"))}.{install} Or map the image to another environment in {UserFile}, by `interpreter`, or by `image` to a container."
        );
    }

    private string UserFile => Path.Combine(server.DataDirectory, "images.yaml");

    /// <summary>Read anew each time, so that a change counts without a restart.</summary>
    private ImageTable Load()
    {
        try
        {
            return ImageTable.Load("training", EmbeddedText.Open("training-images.yaml"), UserFile);
        }
        catch (InvalidDataException e)
        {
            throw StatusException.FailedPrecondition(e.Message);
        }
    }

    /// <summary>A command of this program itself, which tasks do not see otherwise.</summary>
    private ImagePlan OwnProgram(string command)
    {
        var runtime = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        string[] paths =
        [
            Path.GetDirectoryName(server.Executable)!,
            .. runtime is { Length: > 0 } && !runtime.StartsWith("/usr/", StringComparison.Ordinal) ? (string[])[runtime] : [],
        ];
        var variables = new Dictionary<string, string> { ["DOTNET_gcServer"] = "0", ["DOTNET_TieredPGO"] = "0" };
        if (runtime is { Length: > 0 })
        {
            variables["DOTNET_ROOT"] = runtime;
        }

        return new ImagePlan("process", null, null, paths)
        {
            Program = server.Executable,
            EntryPoint = [server.Executable, command],
            Variables = variables,
        };
    }

    private ImagePlan Container(string image, string situation)
    {
        var podman = executors.First(executor => executor.Name == "podman");
        return podman.Obstacle() is { } obstacle
            ? throw StatusException.FailedPrecondition(
                $"{situation}, and cannot be run as a container: {obstacle} Install podman, or map the image in {UserFile}, for example:\ntraining:\n  - match: \"{image}\"\n    interpreter: {server.Python}"
            )
            : new ImagePlan("podman", null, image, []);
    }
}
