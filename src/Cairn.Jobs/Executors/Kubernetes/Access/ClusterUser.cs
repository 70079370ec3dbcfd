using System.Text;
using k8s;
using k8s.Authentication;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>The credentials of a kubeconfig's user.</summary>
internal static class ClusterUser
{
    /// <summary>Gives the configuration a user's credentials. One without any calls as anonymous.</summary>
    /// <exception cref="Kernel.Errors.StatusException">FAILED_PRECONDITION: something of it cannot be honoured.</exception>
    /// <exception cref="ExecutorAwayException">The program that has the credentials gives none.</exception>
    public static async Task<ClusterAccess> SetAsync(
        KubernetesClientConfiguration configuration,
        KubeconfigEntry user,
        KubeconfigEntry cluster,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        _ = user.Knowing(
            "client-certificate",
            "client-certificate-data",
            "client-key",
            "client-key-data",
            "token",
            "tokenFile",
            "username",
            "password",
            "as",
            "as-uid",
            "as-groups",
            "as-user-extra",
            "auth-provider",
            "exec",
            "extensions"
        );
        SetToken(configuration, user);
        SetCertificate(configuration, user, KubeconfigPem.Text(user, "client-certificate"), KubeconfigPem.Text(user, "client-key"));
        var impersonation = Impersonation.Of(user);
        if (user.Entry("exec") is not { } exec)
        {
            return new ClusterAccess(configuration, impersonation);
        }

        var given = await new CredentialProgram(exec, user, cluster).RunAsync(time, cancellation);
        configuration.AccessToken = given.Token ?? configuration.AccessToken;
        SetCertificate(configuration, user, given.Certificate, given.Key);
        return new ClusterAccess(configuration, impersonation, given.Expires);
    }

    private static void SetToken(KubernetesClientConfiguration configuration, KubeconfigEntry user)
    {
        configuration.Username = user.Text("username");
        configuration.Password = user.Text("password");
        configuration.AccessToken = user.Text("token");
        if (user.Path("tokenFile") is { } file)
        {
            // It is read anew each minute, and is more than a token beside it.
            configuration.TokenProvider = File.Exists(file)
                ? new TokenFileAuth(file)
                : throw user.Refusal($"has the tokenFile '{file}', which does not exist.");
        }

        if (user.Entry("auth-provider") is not { } provider)
        {
            return;
        }

        if (provider.Text("name") is not "oidc" || provider.Entry("config") is not { } config)
        {
            throw user.Refusal(
                $"has the auth-provider '{provider.Text("name")}', which is not supported. Use the program that took its place, by 'exec'."
            );
        }

        _ = config.Knowing("client-id", "client-secret", "id-token", "idp-issuer-url", "refresh-token");
        configuration.AccessToken = config.Text("id-token") ?? throw user.Refusal("has an auth-provider without an id-token.");
        if (config.Text("refresh-token") is { } refresh)
        {
            configuration.TokenProvider = new LimitedTokens(
                new OidcTokenProvider(
                    config.Text("client-id"),
                    config.Text("client-secret"),
                    config.Text("idp-issuer-url") ?? throw user.Refusal("has an auth-provider without an idp-issuer-url."),
                    configuration.AccessToken,
                    refresh
                )
            );
        }
    }

    private static void SetCertificate(KubernetesClientConfiguration configuration, KubeconfigEntry user, string? certificate, string? key)
    {
        switch (certificate, key)
        {
            case (null, null):
                return;
            case (null, _):
                throw user.Refusal("has a client-key and no client-certificate.");
            case (_, null):
                throw user.Refusal("has a client-certificate and no client-key.");
            default:
                KubeconfigPem.Check(user, certificate, key);
                configuration.ClientCertificateData = Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate));
                configuration.ClientCertificateKeyData = Convert.ToBase64String(Encoding.UTF8.GetBytes(key));
                return;
        }
    }
}
