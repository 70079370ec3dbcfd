using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cairn.Kernel.Errors;

namespace Cairn.Server.Tls;

/// <summary>
/// The certificate that was given, or one of the server's own making, kept in the data folder so that clients can be told to trust it.
/// </summary>
internal static class ServerCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(825);

    public static X509Certificate2 Load(ServerOptions options)
    {
        if (options.Certificate is null != options.Key is null)
        {
            throw StatusException.InvalidArgument("--certificate and --key go together: give both PEM files, or neither.");
        }

        if (options is { Certificate: { } given, Key: { } givenKey })
        {
            return Read(given, givenKey);
        }

        var certificate = FileIn(options.Data);
        var folder = Path.GetDirectoryName(certificate)!;
        var key = Path.Combine(folder, "key.pem");
        if (!File.Exists(certificate) || !File.Exists(key) || Read(certificate, key).NotAfter < DateTime.Now.AddDays(1))
        {
            Make(folder, certificate, key);
        }

        return Read(certificate, key);
    }

    /// <summary>The file of the certificate that the server makes itself.</summary>
    public static string FileIn(string data) => Path.Combine(data, "tls", "certificate.pem");

    private static X509Certificate2 Read(string certificate, string key)
    {
        try
        {
            // Through PKCS#12, because the TLS stack wants a key that it can hold on to.
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception error) when (error is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw StatusException.InvalidArgument($"The certificate '{certificate}' with the key '{key}' cannot be used: {error.Message}");
        }
    }

    private static void Make(string folder, string certificate, string key)
    {
        Directory.CreateDirectory(folder);
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Dns.GetHostName()}", pair, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
        using (
            var file = new FileStream(
                key,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
        using (var writer = new StreamWriter(file))
        {
            writer.Write(pair.ExportPkcs8PrivateKeyPem());
        }

        File.WriteAllText(certificate, made.ExportCertificatePem());
    }
}
