using Cairn.Kernel.Errors;
using Cairn.Training.Inputs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Training.Pipelines;

/// <summary>The model that a pipeline registers at its end.</summary>
internal static class TrainedModel
{
    /// <summary>Where tasks find <c>AIP_MODEL_DIR</c>, below the job's output.</summary>
    private const string Folder = "/model";

    /// <summary>Refuses a model that no training could leave anywhere.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Check(TrainingPipeline pipeline, CustomJobSpec spec)
    {
        if (pipeline.ModelToUpload is { ArtifactUri.Length: 0 } && string.IsNullOrEmpty(spec.BaseOutputDirectory?.OutputUriPrefix))
        {
            throw StatusException.InvalidArgument(
                "`model_to_upload` is given, and neither its `artifact_uri` nor `training_task_inputs.base_output_directory` says where the training leaves the model."
            );
        }

        if (pipeline.ModelToUpload is null && (pipeline.ModelId.Length > 0 || pipeline.ParentModel.Length > 0))
        {
            throw StatusException.InvalidArgument("`model_id` or `parent_model` is given without a `model_to_upload`.");
        }
    }

    /// <summary>What is uploaded. Without an address of its own, the model is what the training wrote to <c>AIP_MODEL_DIR</c>.</summary>
    public static UploadModelRequest Request(TrainingPipeline pipeline)
    {
        var model = pipeline.ModelToUpload.Clone();
        model.TrainingPipeline = pipeline.Name;
        model.DataStats = InputCounts.Read(pipeline);
        if (model.DisplayName.Length == 0)
        {
            model.DisplayName = pipeline.DisplayName;
        }

        if (model.ArtifactUri.Length == 0)
        {
            model.ArtifactUri = CustomTask.Read(pipeline).BaseOutputDirectory.OutputUriPrefix.TrimEnd('/') + Folder;
        }

        return new UploadModelRequest
        {
            Parent = TrainingPipelineName.Parse(pipeline.Name).Parent,
            Model = model,
            ModelId = pipeline.ModelId,
            ParentModel = pipeline.ParentModel,
        };
    }
}
