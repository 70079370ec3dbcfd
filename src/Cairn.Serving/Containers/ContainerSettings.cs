using Cairn.Kernel.Hosting;
using Cairn.Serving.Predictors;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Containers;

/// <summary>
/// What a prediction container is given: Vertex's <c>AIP_*</c> variables (custom container requirements), routes, command and arguments
/// with <c>$(NAME)</c> expanded.
/// </summary>
internal sealed class ContainerSettings
{
    public ContainerSettings(PredictorSpec spec, int port, ServerEnvironment environment, string token)
    {
        var container = spec.Model.Message.ContainerSpec ?? new ModelContainerSpec();
        var location = spec.Model.Name.Parent;
        var endpoint = spec.Endpoint[(spec.Endpoint.LastIndexOf('/') + 1)..];
        var route = $"/v1/endpoints/{endpoint}/deployedModels/{spec.DeployedModelId}";
        Image = spec.Image?.Image ?? container.ImageUri;
        PredictRoute = Route(container.PredictRoute, $"{route}:predict");
        HealthRoute = Route(container.HealthRoute, route);
        var http = environment.HttpUrl();
        Environment = new Dictionary<string, string>
        {
            ["AIP_HTTP_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["AIP_PREDICT_ROUTE"] = PredictRoute,
            ["AIP_HEALTH_ROUTE"] = HealthRoute,
            ["AIP_STORAGE_URI"] = spec.Model.Message.ArtifactUri,
            ["AIP_PROJECT_NUMBER"] = location.Project,
            ["AIP_ENDPOINT_ID"] = endpoint,
            ["AIP_DEPLOYED_MODEL_ID"] = spec.DeployedModelId,
            ["AIP_MODE"] = "PREDICTION",
            ["AIP_FRAMEWORK"] = "CUSTOM_CONTAINER",
            ["AIP_VERSION_NAME"] = spec.DeployedModelId,
            // Cloud Storage's client libraries read the model from this server.
            ["STORAGE_EMULATOR_HOST"] = http.ToString().TrimEnd('/'),
            ["CAIRN_ENDPOINT"] = http.ToString().TrimEnd('/'),
            ["CAIRN_TOKEN"] = token,
        };
        foreach (var variable in container.Env)
        {
            Environment[variable.Name] = Expand(variable.Value);
        }

        Command = [.. container.Command.Select(Expand)];
        Arguments = [.. container.Args.Select(Expand)];
    }

    public string Image { get; }

    public string PredictRoute { get; }

    public string HealthRoute { get; }

    public Dictionary<string, string> Environment { get; }

    /// <summary>Replaces the image's entry point; empty to leave it.</summary>
    public IReadOnlyList<string> Command { get; }

    public IReadOnlyList<string> Arguments { get; }

    private static string Route(string given, string otherwise) =>
        given.Length == 0 ? otherwise
        : given.StartsWith('/') ? given
        : "/" + given;

    /// <summary>Replaces <c>$(NAME)</c> by a variable's value; an unknown one stays as it is, and <c>$$</c> is a dollar sign.</summary>
    private string Expand(string text)
    {
        var result = new System.Text.StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '$' && i + 1 < text.Length)
            {
                if (text[i + 1] == '$')
                {
                    result.Append('$');
                    i++;
                    continue;
                }

                var end = text[i + 1] == '(' ? text.IndexOf(')', i) : -1;
                if (end > 0 && Environment.TryGetValue(text[(i + 2)..end], out var value))
                {
                    result.Append(value);
                    i = end;
                    continue;
                }
            }

            result.Append(text[i]);
        }

        return result.ToString();
    }
}
