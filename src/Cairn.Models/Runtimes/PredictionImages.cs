using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cairn.Models.Runtimes;

/// <summary>
/// Maps the names of prediction images to local runtimes: the file's lines first, then what is known of Vertex's prebuilt images. An image
/// that no line matches is a custom container.
/// </summary>
public sealed class PredictionImages(IReadOnlyList<PredictionImage> images)
{
    /// <summary>The configuration file's name, in the server's data folder: a JSON array of <see cref="PredictionImage"/>.</summary>
    public const string FileName = "prediction-images.json";

    private static readonly PredictionImage[] Prebuilt =
    [
        new("cairn/onnx*", ModelFramework.Onnx, "onnx"),
        .. Everywhere("sklearn-cpu.*", ModelFramework.Sklearn, "python"),
        .. Everywhere("xgboost-cpu.*", ModelFramework.Xgboost, "python"),
        .. Everywhere("xgboost-gpu.*", ModelFramework.Xgboost, "python"),
        .. Everywhere("tf2-*", ModelFramework.TensorFlow, ""),
        .. Everywhere("tf_opt-*", ModelFramework.TensorFlow, ""),
        .. Everywhere("tf-*", ModelFramework.TensorFlow, ""),
        .. Everywhere("pytorch-*", ModelFramework.PyTorch, "python"),
        // Vertex has no images of these; the names are made as its others are.
        .. Everywhere("lightgbm-cpu.*", ModelFramework.LightGbm, "python"),
        .. Everywhere("r-cpu.*", ModelFramework.R, "r"),
    ];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter<ModelFramework>() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The table of a server: its file where it has one, and the prebuilt images.</summary>
    /// <exception cref="InvalidDataException">The file is not such an array, with its path and the reason.</exception>
    public static PredictionImages Load(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            return new PredictionImages(Prebuilt);
        }

        try
        {
            var own = JsonSerializer.Deserialize<PredictionImage[]>(File.ReadAllBytes(path), Options) ?? [];
            return new PredictionImages([.. own, .. Prebuilt]);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"'{path}' must be a JSON array of objects with pattern, framework and predictor: {e.Message}",
                e
            );
        }
    }

    /// <summary>The line for an image, or null for a custom container.</summary>
    public PredictionImage? Find(string imageUri)
    {
        var name = WithoutTag(imageUri);
        foreach (var image in images)
        {
            if (FileSystemName.MatchesSimpleExpression(image.Pattern, name, ignoreCase: false))
            {
                return image;
            }
        }

        return null;
    }

    private static IEnumerable<PredictionImage> Everywhere(string image, ModelFramework framework, string predictor)
    {
        string[] places =
        [
            "us-docker.pkg.dev/vertex-ai/prediction/",
            "europe-docker.pkg.dev/vertex-ai/prediction/",
            "asia-docker.pkg.dev/vertex-ai/prediction/",
            "us-docker.pkg.dev/vertex-ai-restricted/prediction/",
            "europe-docker.pkg.dev/vertex-ai-restricted/prediction/",
            "asia-docker.pkg.dev/vertex-ai-restricted/prediction/",
            "gcr.io/cloud-aiplatform/prediction/",
            "us.gcr.io/cloud-aiplatform/prediction/",
            "eu.gcr.io/cloud-aiplatform/prediction/",
            "asia.gcr.io/cloud-aiplatform/prediction/",
        ];
        return places.Select(place => new PredictionImage(place + image, framework, predictor));
    }

    private static string WithoutTag(string imageUri)
    {
        var digest = imageUri.IndexOf('@');
        var name = digest < 0 ? imageUri : imageUri[..digest];
        var tag = name.LastIndexOf(':');
        // A colon before the last slash belongs to a registry's port.
        return tag > name.LastIndexOf('/') ? name[..tag] : name;
    }
}
