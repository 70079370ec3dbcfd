using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Models.Versions;
using Google.Cloud.ML.V1;
using Version = Google.Cloud.ML.V1.Version;
using Vertex = Google.Cloud.AIPlatform.V1;

namespace Cairn.Classic.Models;

/// <summary>A classic version as the version of a registered model that it becomes.</summary>
internal sealed class VersionUpload(ModelUploads uploads)
{
    /// <summary>Checks the version and takes stock of its files.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT, NOT_FOUND for what cannot be served; UNIMPLEMENTED.</exception>
    public async Task<PreparedUpload> PrepareAsync(Model model, Version version, CallContext context)
    {
        RequireServable(version);
        var name = Names.VersionName.Parse(version.Name);
        var registered = new Vertex.Model
        {
            DisplayName = name.Model.Id,
            Description = model.Description,
            VersionDescription = version.Description,
            ArtifactUri = version.DeploymentUri,
            ContainerSpec = Container(version),
            Labels = { version.Labels },
        };
        try
        {
            return await uploads.PrepareAsync(
                new Vertex.UploadModelRequest { Parent = $"{name.Model.Parent}/locations/{model.Regions[0]}", Model = registered },
                context
            );
        }
        catch (StatusException error)
        {
            // The registry calls it by its own name.
            throw new StatusException(
                error.Code,
                error.Message.Replace("`artifact_uri`", "`version.deployment_uri`", StringComparison.Ordinal)
            );
        }
    }

    private static void RequireServable(Version version)
    {
        if (version.PredictionClass.Length > 0 || version.PackageUris.Count > 0)
        {
            throw StatusException.Unimplemented(
                "`prediction_class` and `package_uris` (custom prediction routines) are not there; serve your own code as a container: `version.container`."
            );
        }

        if (version.ExplanationConfig is not null)
        {
            throw StatusException.Unimplemented("`explanation_config` is given; explanations are not there yet.");
        }

        if (version.RequestLoggingConfig is not null)
        {
            throw StatusException.Unimplemented("`request_logging_config` is given; logging of requests is not there yet.");
        }

        if (version.DeploymentUri.Length == 0 && version.Container is null)
        {
            throw StatusException.InvalidArgument(
                "`version` has neither a `deployment_uri` (where the model's files are) nor a `container`."
            );
        }
    }

    /// <summary>
    /// What serves the version: its own container, the prebuilt one of its framework, or, where it says neither, what its files show.
    /// </summary>
    private static Vertex.ModelContainerSpec? Container(Version version)
    {
        if (version.Container is { } container)
        {
            var spec = new Vertex.ModelContainerSpec
            {
                ImageUri = container.Image,
                PredictRoute = version.Routes?.Predict ?? "",
                HealthRoute = version.Routes?.Health ?? "",
                Command = { container.Command },
                Args = { container.Args },
            };
            spec.Ports.AddRange(container.Ports.Select(static port => new Vertex.Port { ContainerPort = port.ContainerPort_ }));
            spec.Env.AddRange(container.Env.Select(static variable => new Vertex.EnvVar { Name = variable.Name, Value = variable.Value }));
            return spec;
        }

        var image = version.Framework switch
        {
            Version.Types.Framework.ScikitLearn => "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest",
            Version.Types.Framework.Xgboost => "us-docker.pkg.dev/vertex-ai/prediction/xgboost-cpu.1-1:latest",
            Version.Types.Framework.Tensorflow => "us-docker.pkg.dev/vertex-ai/prediction/tf2-cpu.2-11:latest",
            _ => "",
        };
        return image.Length > 0 ? new Vertex.ModelContainerSpec { ImageUri = image } : null;
    }
}
