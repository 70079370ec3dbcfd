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
    /// <summary>The local program of another language, <c>Rscript</c> or <c>dotnet</c>, for an image that maps to one.</summary>
    public string? Program { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}

/// <summary>Decides where an image runs: in the local environment that it maps to, else under podman.</summary>
internal sealed class TrainingImages(ServerEnvironment server, InterpreterProbe probe, IEnumerable<IExecutor> executors)
{
    /// <exception cref="StatusException">FAILED_PRECONDITION, where neither is possible, saying what would make it so.</exception>
    public async Task<ImagePlan> PlanAsync(string image)
    {
        if (Load().Find(image) is not { } environment)
        {
            return Container(image, $"The image '{image}' is not mapped to a local environment");
        }

        if (environment.Image is { } other)
        {
            return Container(other, $"The image '{image}' is mapped to '{other}'");
        }

        var interpreter = environment.Interpreter ?? environment.Language switch
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
        throw StatusException.FailedPrecondition(missing is null
            ? $"The image '{image}' is mapped to the interpreter '{interpreter}', which does not run on this machine.{install} Or map the image to another environment in {UserFile}, by `interpreter`, or by `image` to a container."
            : $"The image '{image}' is mapped to the interpreter '{interpreter}', which lacks {string.Join(" and ", missing.Select(module => $"the {kind} '{module}'"))}.{install} Or map the image to another environment in {UserFile}, by `interpreter`, or by `image` to a container.");
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

    private ImagePlan Container(string image, string situation)
    {
        var podman = executors.First(executor => executor.Name == "podman");
        return podman.Obstacle() is { } obstacle
            ? throw StatusException.FailedPrecondition(
                $"{situation}, and cannot be run as a container: {obstacle} Install podman, or map the image in {UserFile}, for example:\ntraining:\n  - match: \"{image}\"\n    interpreter: {server.Python}")
            : new ImagePlan("podman", null, image, []);
    }
}
