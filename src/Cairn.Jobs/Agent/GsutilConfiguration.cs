using System.Text;
using Cairn.Jobs.Interop;

namespace Cairn.Jobs.Agent;

/// <summary>
/// What makes gsutil, which speaks TLS only and cannot be given a token by a variable, reach this server from inside a task: a
/// configuration of boto's beside the task's token, and the certificate that
/// it is to trust. The token stands there as a refresh token, for which the server gives it itself.
/// </summary>
internal static class GsutilConfiguration
{
    public const string FileName = "boto";

    public const string CertificateName = "server.pem";

    /// <summary>The variable by which a task names another configuration.</summary>
    public const string Variable = "BOTO_CONFIG";

    /// <summary>The names of the files that a task is shown beside its token.</summary>
    public static IReadOnlyList<string> Files(TaskContext context) =>
        context.Record.SecureEndpoint is null ? [] : [FileName, CertificateName];

    /// <summary>Writes the files into the attempt's folder.</summary>
    /// <param name="context">The task.</param>
    /// <param name="folder">Where the task sees them.</param>
    /// <param name="temporary">A folder for gsutil's own state, as the task sees it.</param>
    public static void Write(TaskContext context, string folder, string temporary)
    {
        if (context.Record is not { SecureEndpoint: { } endpoint, SecureCertificate: { } certificate })
        {
            return;
        }

        var url = new Uri(endpoint);
        DurableFile.Write(context.Directory.In(CertificateName), Encoding.UTF8.GetBytes(certificate), durable: false);
        DurableFile.Write(
            context.Directory.In(FileName),
            Encoding.UTF8.GetBytes(
                $"""
                [Credentials]
                gs_json_host = {url.Host}
                gs_json_port = {url.Port}
                gs_oauth2_refresh_token = {context.Token}
                [OAuth2]
                provider_token_uri = {endpoint}/cairn/v1/oauth2/token
                client_id = cairn
                client_secret = cairn
                [Boto]
                https_validate_certificates = True
                ca_certificates_file = {folder}/{CertificateName}
                [GSUtil]
                default_project_id = {context.Record.Project}
                state_dir = {temporary}/.gsutil
                software_update_check_period = 0

                """
            ),
            durable: false
        );
    }

    /// <summary>Points gsutil at the configuration, unless the task has one of its own.</summary>
    public static void AddTo(Dictionary<string, string> environment, TaskContext context, string folder)
    {
        if (
            context.Record.SecureEndpoint is not null
            && !environment.ContainsKey("BOTO_PATH")
            && environment.TryAdd(Variable, $"{folder}/{FileName}")
        )
        {
            // The wrapper of gcloud's would put credentials of gcloud's in the place of the file's.
            environment.TryAdd("CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL", "false");
        }
    }
}
