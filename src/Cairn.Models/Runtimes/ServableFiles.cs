using Cairn.Kernel.Errors;
using Cairn.Models.Artifacts;

namespace Cairn.Models.Runtimes;

/// <summary>
/// The files that a framework's server looks for at the top of the artifact folder, as Vertex's prebuilt containers name them.
/// </summary>
public static class ServableFiles
{
    public const string Onnx = "model.onnx";

    /// <summary>A model of PyTorch with its code, as TorchScript.</summary>
    public const string TorchScript = "model.pt";

    public static IReadOnlyList<string> Of(ModelFramework framework) =>
        framework switch
        {
            ModelFramework.Onnx => [Onnx],
            ModelFramework.Sklearn => ["model.joblib", "model.pkl"],
            ModelFramework.Xgboost => ["model.bst", "model.joblib", "model.pkl", "model.json", "model.ubj"],
            ModelFramework.TensorFlow => ["saved_model.pb"],
            ModelFramework.PyTorch => [TorchScript, "model.mar"],
            ModelFramework.LightGbm => ["model.txt", "model.joblib", "model.pkl"],
            ModelFramework.R => ["model.rds"],
            _ => [],
        };

    /// <summary>The model's file, or null where the folder has none of the framework's.</summary>
    public static string? Find(ModelFramework framework, ArtifactManifest? artifacts) =>
        Of(framework).FirstOrDefault(name => artifacts?.Has(name) == true);

    /// <summary>The framework that the files themselves show, where no image says it.</summary>
    public static ModelFramework? Detect(ArtifactManifest? artifacts)
    {
        ModelFramework[] order =
        [
            ModelFramework.Onnx,
            ModelFramework.Sklearn,
            ModelFramework.Xgboost,
            ModelFramework.TensorFlow,
            ModelFramework.PyTorch,
            ModelFramework.R,
        ];
        foreach (var framework in order)
        {
            if (Find(framework, artifacts) is not null)
            {
                return framework;
            }
        }

        return null;
    }

    /// <summary>Refuses an upload whose files the named image could never serve.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT with what is there and what should be.</exception>
    public static void Require(PredictionImage image, string imageUri, ArtifactManifest? artifacts)
    {
        if (artifacts is null)
        {
            throw StatusException.InvalidArgument(
                $"`artifact_uri` is empty; the prebuilt image '{imageUri}' serves {Expected(image.Framework)} from that folder."
            );
        }

        if (Find(image.Framework, artifacts) is null && Find(ModelFramework.Onnx, artifacts) is null)
        {
            throw StatusException.InvalidArgument(
                $"`artifact_uri` '{artifacts.Uri}' holds {Seen(artifacts)}; the prebuilt image '{imageUri}' serves {Expected(image.Framework)}."
            );
        }
    }

    private static string Expected(ModelFramework framework) => string.Join(" or ", Of(framework).Select(name => $"'{name}'"));

    private static string Seen(ArtifactManifest artifacts)
    {
        const int shown = 5;
        var names = string.Join(", ", artifacts.Files.Take(shown).Select(f => $"'{f.Path}'"));
        return artifacts.Files.Count > shown ? $"{names} and {artifacts.Files.Count - shown} more" : names;
    }
}
