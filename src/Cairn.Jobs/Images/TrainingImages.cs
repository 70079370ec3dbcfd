using Cairn.Jobs.Agent;
using Cairn.Jobs.Executors;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;

namespace Cairn.Jobs.Images;

/// <summary>How a training image is run here.</summary>
/// <param name="Executor">The executor's name.</param>
/// <param name="Interpreter">The local Python, for an image that maps to one.</param>
/// <param name="Image">The image to run, for one that does not.</param>
internal sealed record ImagePlan(string Executor, string? Interpreter, string? Image, IReadOnlyList<string> Paths);

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

        var interpreter = environment.Interpreter ?? server.Python;
        var missing = await probe.MissingAsync(interpreter, environment.Modules);
        if (missing is { Count: 0 })
        {
            return new ImagePlan("process", interpreter, null, environment.Paths);
        }

        throw StatusException.FailedPrecondition(missing is null
            ? $"The image '{image}' is mapped to the interpreter '{interpreter}', which does not run on this machine. Correct it in {UserFile}."
            : $"The image '{image}' is mapped to the interpreter '{interpreter}', which lacks {string.Join(" and ", missing.Select(module => $"the module '{module}'"))}. Install it there, or map the image to another environment in {UserFile}.");
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
