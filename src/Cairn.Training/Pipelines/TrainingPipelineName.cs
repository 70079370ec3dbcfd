using Cairn.Kernel.Errors;

namespace Cairn.Training.Pipelines;

/// <summary><c>projects/PROJECT/locations/LOCATION/trainingPipelines/ID</c>.</summary>
internal readonly record struct TrainingPipelineName(string Project, string Location, string Id)
{
    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static TrainingPipelineName Parse(string name) =>
        name.Split('/')
            is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "trainingPipelines", { Length: > 0 } id]
            ? new TrainingPipelineName(project, location, id)
            : throw StatusException.InvalidArgument(
                $"`name` is '{name}'; it must have the form projects/PROJECT/locations/LOCATION/trainingPipelines/ID."
            );

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static TrainingPipelineName Under(string parent, string id) =>
        parent.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location]
            ? new TrainingPipelineName(project, location, id)
            : throw StatusException.InvalidArgument($"`parent` is '{parent}'; it must have the form projects/PROJECT/locations/LOCATION.");

    public override string ToString() => $"{Parent}/trainingPipelines/{Id}";
}
