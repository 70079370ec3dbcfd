namespace Cairn.Cli.Commands.Env;

/// <summary>The first lines of a program that talks to a server.</summary>
internal static class Snippets
{
    public static string Python(Target target) =>
        target.Token is { } token
            ? $"""
                import os
                os.environ["STORAGE_EMULATOR_HOST"] = "{target.Endpoint}"  # before a storage client is made
                import google.oauth2.credentials
                from google.cloud import aiplatform

                aiplatform.init(
                    project="{target.Project}", location="{target.Region}", api_endpoint="{target.Endpoint}", api_transport="rest",
                    credentials=google.oauth2.credentials.Credentials(token="{token}"), staging_bucket="gs://{target.Project}")

                """
            : $"""
                import os
                os.environ["STORAGE_EMULATOR_HOST"] = "{target.Endpoint}"  # before a storage client is made
                import google.auth.credentials
                from google.cloud import aiplatform

                aiplatform.init(
                    project="{target.Project}", location="{target.Region}", api_endpoint="{target.Endpoint}", api_transport="rest",
                    credentials=google.auth.credentials.AnonymousCredentials(), staging_bucket="gs://{target.Project}")

                """;

    public static string Node(Target target)
    {
        var colon = target.Grpc.LastIndexOf(':');
        var (host, port) = colon < 0 ? (target.Grpc, "8081") : (target.Grpc[..colon], target.Grpc[(colon + 1)..]);
        return $$"""
            process.env.GOOGLE_CLOUD_PROJECT = '{{target.Project}}';
            const {grpc} = require('google-gax');
            const {ModelServiceClient, PredictionServiceClient} = require('@google-cloud/aiplatform').v1;
            const {Storage} = require('@google-cloud/storage');

            const where = {apiEndpoint: '{{host}}', port: {{port}}, sslCreds: grpc.credentials.createInsecure(), projectId: '{{target.Project}}'};
            const models = new ModelServiceClient(where);
            const predictions = new PredictionServiceClient(where);
            const storage = new Storage({apiEndpoint: '{{target.Endpoint}}', projectId: '{{target.Project}}'});
            const parent = 'projects/{{target.Project}}/locations/{{target.Region}}';

            """;
    }

    public static string Gsutil(Target target)
    {
        var host = Uri.TryCreate(target.Endpoint, UriKind.Absolute, out var url) ? url.Host : "127.0.0.1";
        return $"""
            # gsutil speaks TLS only: start the server with --https {host}:8443 as well.
            gsutil -o Credentials:gs_json_host={host} -o Credentials:gs_json_port=8443 -o Boto:https_validate_certificates=False ls

            """;
    }
}
