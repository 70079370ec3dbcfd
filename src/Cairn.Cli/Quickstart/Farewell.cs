using System.Globalization;
using Cairn.Cli.Commands.Env;

namespace Cairn.Cli.Quickstart;

/// <summary>What is printed at the end: where everything is, and the same calls for other clients.</summary>
internal static class Farewell
{
    public static string Text(PenguinsResult result, Target target, string data, string log)
    {
        var bucket = Penguins.BucketOf(target.Project);
        var job = result.Job.Name.Split('/')[^1];
        var sample = string.Join(", ", Penguins.Samples[2].Measures.Select(m => m.ToString(CultureInfo.InvariantCulture)));
        var named =
            $"{(target.Endpoint == Shell.GlobalOptions.DefaultEndpoint ? "" : $" --endpoint {target.Endpoint}")}{(target.Project == Shell.GlobalOptions.DefaultProject ? "" : $" --project {target.Project}")}";
        return $$"""

            Where everything is
              server     {{target.Endpoint}} (REST), {{target.Grpc}} (gRPC)
              data       {{data}}
              log        {{log}}
              bucket     gs://{{bucket}}
              job        {{result.Job.Name}}
              model      {{result.Model}}@{{result.ModelVersion}}
              endpoint   {{result.Endpoint}}

            The same from other clients: copy and paste
            {{(ProgramPath.MissingFolder() is { } folder ? $"\n  export PATH=\"{folder}:$PATH\"\n" : "")}}
            curl
              curl -s {{target.Endpoint}}/v1/{{result.Endpoint}}:predict \
                -H 'Content-Type: application/json' -d '{"instances": [[{{sample}}]]}'

            gcloud
              eval "$(cairn env --for gcloud{{named}})"
              gcloud ai custom-jobs describe {{job}} --region={{target.Region}}
              gcloud ai custom-jobs stream-logs {{job}} --region={{target.Region}}
              gcloud ai models list --region={{target.Region}}
              echo '{"instances": [[{{sample}}]]}' > penguin.json
              gcloud ai endpoints predict {{Penguins.EndpointId}} --region={{target.Region}} --json-request=penguin.json
              gcloud storage ls --recursive gs://{{bucket}}

            Python
            {{Indent(Snippets.Python(target))}}
              endpoint = aiplatform.Endpoint("{{result.Endpoint}}")
              print(endpoint.predict(instances=[[{{sample}}]]).predictions)

            cairn
              cairn custom-jobs list{{named}}
              cairn endpoints predict {{Penguins.EndpointId}}{{named}} --json-request penguin.json
              cairn storage ls -r gs://{{bucket}}{{named}}

            """;
    }

    private static string Indent(string text) =>
        string.Join('\n', text.TrimEnd().Split('\n').Select(line => line.Length == 0 ? line : "  " + line));
}
