using Cairn.Kernel.Errors;
using Cairn.Models;
using Cairn.Models.Runtimes;

namespace Cairn.Serving.Predictors;

/// <summary>Which runtime serves a model: the image decides; where it is a prebuilt one or none, the files do too.</summary>
public sealed class PredictorChoice(PredictionImages images)
{
    /// <exception cref="StatusException">FAILED_PRECONDITION where nothing here serves the image, with how to map it.</exception>
    public (string Runtime, ModelFramework Framework, PredictionImage? Image) Choose(RegisteredModel model)
    {
        var uri = model.Message.ContainerSpec?.ImageUri ?? "";
        var image = uri.Length == 0 ? null : images.Find(uri);
        if (uri.Length > 0 && image is null)
        {
            return ("container", ModelFramework.Custom, null);
        }

        var framework = image?.Framework ?? ServableFiles.Detect(model.Artifacts) ?? ModelFramework.Custom;
        if (image is { Predictor: "container" })
        {
            return ("container", framework, image);
        }

        if (ServableFiles.Find(framework, model.Artifacts) is null && ServableFiles.Find(ModelFramework.Onnx, model.Artifacts) is not null)
        {
            framework = ModelFramework.Onnx;
        }

        return framework switch
        {
            ModelFramework.Onnx => ("onnx", framework, image),
            ModelFramework.Sklearn or ModelFramework.Xgboost or ModelFramework.LightGbm or ModelFramework.R => ("python", framework, image),
            ModelFramework.PyTorch when ServableFiles.Find(framework, model.Artifacts) == ServableFiles.TorchScript => (
                "python",
                framework,
                image
            ),
            ModelFramework.PyTorch => throw StatusException.FailedPrecondition(
                $"Model '{model.Name}' has an archive of TorchServe, which is not served here without a container of TorchServe. Save the model as TorchScript, torch.jit.script(model).save(\"{ServableFiles.TorchScript}\"), or export it as '{ServableFiles.Onnx}'; or name a container for its image in {PredictionImages.FileName}."
            ),
            _ => throw StatusException.FailedPrecondition(
                uri.Length > 0
                    ? $"Image '{uri}' ({framework}) is not served here. Add a line for it to {PredictionImages.FileName} in the server's data folder that names a container image to run instead, as {{\"pattern\": \"{uri.Split(':')[0]}\", \"framework\": \"{framework}\", \"predictor\": \"container\", \"image\": \"…\"}}, or export the model as '{ServableFiles.Onnx}'."
                    : $"Model '{model.Name}' has files of {framework}, which is not served here without a container; set `container_spec.image_uri`, or export the model as '{ServableFiles.Onnx}'."
            ),
        };
    }
}
