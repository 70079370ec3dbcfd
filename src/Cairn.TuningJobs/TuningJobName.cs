using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;

namespace Cairn.TuningJobs;

/// <summary><c>projects/PROJECT/locations/LOCATION/hyperparameterTuningJobs/ID</c>.</summary>
internal readonly record struct TuningJobName(string Project, string Location, string Id)
{
    private static readonly NamePattern Pattern = new("projects/PROJECT/locations/LOCATION/hyperparameterTuningJobs/ID");

    public string Parent => $"projects/{Project}/locations/{Location}";

    /// <summary>The experiment of the trials' runs where the job's specification names none.</summary>
    public string Experiment => $"{Parent}/metadataStores/default/contexts/hp-tuning-{Id}";

    /// <summary>What the job's study is called. It is unique, and so there is one study however often it is made.</summary>
    public string Study => $"hyperparameter-tuning-job-{Id}";

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static TuningJobName Parse(string name)
    {
        var parts = Pattern.Parse(name, "name");
        return new(parts[0], parts[1], parts[2]);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static TuningJobName Under(string parent, string id)
    {
        var (project, location) = LocationName.Parse(parent, "parent");
        return new(project, location, id);
    }

    public override string ToString() => $"{Parent}/hyperparameterTuningJobs/{Id}";
}
