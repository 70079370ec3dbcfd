namespace Cairn.Metadata;

/// <summary>The titles of built-in schemas that code refers to.</summary>
public static class SchemaTitles
{
    public const string Experiment = "system.Experiment";
    public const string ExperimentRun = "system.ExperimentRun";
    public const string Artifact = "system.Artifact";
    public const string Dataset = "system.Dataset";
    public const string Model = "system.Model";
    public const string CustomJobExecution = "system.CustomJobExecution";
    public const string VertexModel = "google.VertexModel";
    public const string VertexDataset = "google.VertexDataset";
    public const string VertexEndpoint = "google.VertexEndpoint";
    public const string VertexTensorboardRun = "google.VertexTensorboardRun";

    /// <summary>The registration of a model from files: its input is the folder, its output the registered version.</summary>
    public const string ModelRegistration = "cairn.ModelRegistration";

    /// <summary>The deployment of a version: its input is the version, its output the endpoint.</summary>
    public const string ModelDeployment = "cairn.ModelDeployment";

    /// <summary>The version of the built-in schemas, and of a node that names a title and no version.</summary>
    public const string Version = "0.0.1";
}
