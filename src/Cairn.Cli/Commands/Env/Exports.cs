namespace Cairn.Cli.Commands.Env;

/// <summary>A variable and its value, or a remark where there is no value.</summary>
internal sealed record EnvLine(string Text, string? Value = null);

/// <summary>Environment variables that programs follow.</summary>
internal static class Exports
{
    /// <param name="group">all, gcloud or mlflow.</param>
    public static IEnumerable<EnvLine> For(Target target, string group)
    {
        if (group == "all")
        {
            yield return new("The cairn command");
            yield return new("CAIRN_ENDPOINT", target.Endpoint);
            yield return new("CAIRN_GRPC", target.Grpc);
            yield return new("CAIRN_PROJECT", target.Project);
            yield return new("CAIRN_REGION", target.Region);
            if (target.Token is { } token)
            {
                yield return new("CAIRN_TOKEN", token);
            }

            yield return new("Cloud Storage clients (Python, Node, Java, Go)");
            yield return new("STORAGE_EMULATOR_HOST", target.Endpoint);
            yield return new("Google's client libraries ask no metadata server once they know the project");
            yield return new("GOOGLE_CLOUD_PROJECT", target.Project);
        }

        if (group is "all" or "gcloud")
        {
            foreach (var line in Gcloud(target))
            {
                yield return line;
            }
        }

        if (group is "all" or "mlflow")
        {
            yield return new("MLflow's clients, 2.x and 3.x, with runs in the project");
            yield return new(
                "MLFLOW_TRACKING_URI",
                $"{target.Endpoint}/projects/{Uri.EscapeDataString(target.Project)}/locations/{Uri.EscapeDataString(target.Region)}"
            );
            if (target.Token is { } token)
            {
                yield return new("MLFLOW_TRACKING_TOKEN", token);
            }
        }
    }

    private static IEnumerable<EnvLine> Gcloud(Target target)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        yield return new("gcloud, in a configuration of its own, so that your accounts stay as they are");
        yield return new("CLOUDSDK_CONFIG", Path.Combine(home, ".config", "cairn", "gcloud"));
        if (target.Token is null)
        {
            yield return new("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true");
        }
        else
        {
            yield return new("CLOUDSDK_AUTH_ACCESS_TOKEN", target.Token);
        }

        yield return new("CLOUDSDK_CORE_PROJECT", target.Project);
        yield return new("CLOUDSDK_AI_REGION", target.Region);
        yield return new("CLOUDSDK_CORE_DISABLE_PROMPTS", "1");
        yield return new("CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM", $"{target.Endpoint}/");
        yield return new("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", $"{target.Endpoint}/storage/v1/");
        yield return new("CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING", $"{target.Endpoint}/");
        yield return new(
            "gcloud ai-platform; models, versions and predict take no --region but global: gcloud would call the host REGION-HOST, which there is not"
        );
        yield return new("CLOUDSDK_AI_PLATFORM_REGION", "global");
        yield return new("CLOUDSDK_API_ENDPOINT_OVERRIDES_ML", $"{target.Endpoint}/");
        yield return new("Not served by this version yet, and pointed here so that nothing goes to Google's: bq");
        yield return new("CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY", $"{target.Endpoint}/bigquery/v2/");
    }
}
