using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>Certificates and keys of a kubeconfig: in it as base64, or in files beside it. Where it has both, its own are meant.</summary>
internal static class KubeconfigPem
{
    /// <summary>The PEM text of <c>KEY-data</c>, else of the file of <c>KEY</c>; null where neither is given.</summary>
    /// <exception cref="Kernel.Errors.StatusException">FAILED_PRECONDITION: it cannot be read.</exception>
    public static string? Text(KubeconfigEntry entry, string key)
    {
        try
        {
            return entry.Text(key + "-data") is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
                : entry.Path(key) is { } path ? File.ReadAllText(path)
                : null;
        }
        catch (FormatException)
        {
            throw entry.Refusal($"has a {key}-data that is no base64.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw entry.Refusal($"has a {key} that cannot be read: {e.Message}");
        }
    }

    /// <summary>The authorities that a cluster's certificate may come from; null where the machine's own are meant.</summary>
    /// <inheritdoc cref="Text"/>
    public static X509Certificate2Collection? Authorities(KubeconfigEntry cluster)
    {
        const string key = "certificate-authority";
        if (Text(cluster, key) is not { } text)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw cluster.Refusal($"has a {key} that cannot be read: {e.Message}");
        }

        return authorities.Count > 0 ? authorities : throw cluster.Refusal($"has a {key} without a certificate in it.");
    }

    /// <summary>Refuses a certificate and key that do not make a client's certificate.</summary>
    public static void Check(KubeconfigEntry user, string certificate, string key)
    {
        try
        {
            using var made = X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw user.Refusal($"has a client certificate and key that cannot be used: {e.Message}");
        }
    }
}
