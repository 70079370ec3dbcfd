using static Google.Cloud.AIPlatform.V1.MetadataSchema.Types.MetadataSchemaType;

namespace Cairn.Metadata.Schemas;

/// <summary>The schemas that clients of Vertex AI expect in a store without creating them.</summary>
internal static class BuiltInSchemas
{
    public static IReadOnlyList<BuiltInSchema> All { get; } =
    [
        new("system.Artifact", ArtifactType, "Anything that a step reads or writes."),
        new("system.Dataset", ArtifactType, "Data.", "container_format: string", "payload_format: string"),
        new("system.Model", ArtifactType, "A trained model.", "framework: string", "framework_version: string", "payload_format: string"),
        new("system.Metrics", ArtifactType, "Scalar metrics by name."),
        new(
            "system.ClassificationMetrics",
            ArtifactType,
            "Metrics of a classifier.",
            "confidenceMetrics: array",
            "confusionMatrix: object"
        ),
        new("system.SlicedClassificationMetrics", ArtifactType, "Metrics of a classifier by slice of the data.", "evaluationSlices: array"),
        new("system.HTML", ArtifactType, "A page to be shown."),
        new("system.Markdown", ArtifactType, "A text to be shown."),
        new("system.Run", ExecutionType, "A run in itself."),
        new("system.ContainerExecution", ExecutionType, "A step that ran in a container."),
        new("system.CustomJobExecution", ExecutionType, "A custom job that ran.", "resourceName: string"),
        new("system.DagExecution", ExecutionType, "A graph of steps that ran."),
        new("system.ImporterExecution", ExecutionType, "Brought an artifact from outside into the store."),
        new("system.Importer", ExecutionType, "Brought an artifact from outside into the store."),
        new("system.ResolverExecution", ExecutionType, "Chose artifacts of earlier runs."),
        new("system.Experiment", ContextType, "A group of runs.", "experiment_deleted: boolean", "backing_tensorboard_resource: string"),
        new("system.ExperimentRun", ContextType, "One run of an experiment.", "_params: object", "_metrics: object", "_state: string"),
        new("system.Pipeline", ContextType, "A pipeline."),
        new("system.PipelineRun", ContextType, "One run of a pipeline."),
        new("google.VertexDataset", ArtifactType, "A managed dataset.", "resourceName: string"),
        new("google.VertexModel", ArtifactType, "A registered version of a model.", "resourceName: string"),
        new("google.VertexEndpoint", ArtifactType, "An endpoint that serves models.", "resourceName: string"),
        new(
            "google.VertexBatchPredictionJob",
            ArtifactType,
            "A batch prediction.",
            "resourceName: string",
            "gcsOutputDirectory: string",
            "bigqueryOutputTable: string"
        ),
        new(
            "google.VertexTensorboardRun",
            ArtifactType,
            "The time series of a run.",
            "resourceName: string",
            "vertex_experiment_tracking: boolean"
        ),
        new("google.VertexPipelineJob", ArtifactType, "A pipeline job.", "resourceName: string"),
        new("google.BQTable", ArtifactType, "A table.", "projectId: string", "datasetId: string", "tableId: string"),
        new("google.BQMLModel", ArtifactType, "A model trained in SQL.", "projectId: string", "datasetId: string", "modelId: string"),
        new(
            "google.UnmanagedContainerModel",
            ArtifactType,
            "A model and the container that serves it, not registered.",
            "predictSchemata: object",
            "containerSpec: object"
        ),
        new(
            "google.ExperimentModel",
            ArtifactType,
            "A model that a run logged.",
            "frameworkName: string",
            "frameworkVersion: string",
            "modelFile: string",
            "modelClass: string",
            "predictSchemata: object"
        ),
        new(
            "google.ClassificationMetrics",
            ArtifactType,
            "Metrics of a classifier.",
            "auPrc: number",
            "auRoc: number",
            "logLoss: number",
            "confusionMatrix: object",
            "confidenceMetrics: array"
        ),
        new(
            "google.RegressionMetrics",
            ArtifactType,
            "Metrics of a regression.",
            "rootMeanSquaredError: number",
            "meanAbsoluteError: number",
            "meanAbsolutePercentageError: number",
            "rSquared: number",
            "rootMeanSquaredLogError: number"
        ),
        new(
            "google.ForecastingMetrics",
            ArtifactType,
            "Metrics of a forecast.",
            "rootMeanSquaredError: number",
            "meanAbsoluteError: number",
            "meanAbsolutePercentageError: number",
            "rSquared: number",
            "weightedAbsolutePercentageError: number",
            "rootMeanSquaredPercentageError: number",
            "symmetricMeanAbsolutePercentageError: number",
            "quantileMetrics: array"
        ),
        new("google.VertexPipelineCustomJob", ExecutionType, "A custom job that a pipeline ran.", "resourceName: string"),
        new("google.VertexPipelineBatchPrediction", ExecutionType, "A batch prediction that a pipeline ran.", "resourceName: string"),
        new(SchemaTitles.ModelRegistration, ExecutionType, "Registered a version of a model from its files.", "model: string"),
        new(
            SchemaTitles.ModelDeployment,
            ExecutionType,
            "Deployed a version of a model to an endpoint.",
            "endpoint: string",
            "deployedModelId: string"
        ),
    ];
}
