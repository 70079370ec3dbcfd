using Cairn.Kernel.Errors;

namespace Cairn.TuningJobs;

/// <summary><c>projects/PROJECT/locations/LOCATION/hyperparameterTuningJobs/ID</c>.</summary>
internal readonly record struct TuningJobName(string Project, string Location, string Id)
{
    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <summary>The experiment of the trials' runs where the job's specification names none.</summary>
    public string Experiment => $"{Parent}/metadataStores/default/contexts/hp-tuning-{Id}";

    /// <summary>What the job's study is called. It is unique, and so there is one study however often it is made.</summary>
    public string Study => $"hyperparameter-tuning-job-{Id}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static TuningJobName Parse(string name) =>
        name.Split('/')
            is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "hyperparameterTuningJobs", { Length: > 0 } id]
            ? new TuningJobName(project, location, id)
            : throw StatusException.InvalidArgument(
                $"`name` is '{name}'; it must have the form projects/PROJECT/locations/LOCATION/hyperparameterTuningJobs/ID."
            );

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static TuningJobName Under(string parent, string id) =>
        parent.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location]
            ? new TuningJobName(project, location, id)
            : throw StatusException.InvalidArgument($"`parent` is '{parent}'; it must have the form projects/PROJECT/locations/LOCATION.");

    public override string ToString() => $"{Parent}/hyperparameterTuningJobs/{Id}";
}
