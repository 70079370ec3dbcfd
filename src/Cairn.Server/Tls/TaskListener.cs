using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Cairn.Server.Tls;

/// <summary>
/// A port of loopback under TLS for this machine's tasks, whose certificate is made when the first task needs it. The port is the same
/// after a restart where nobody else has taken it, so that
/// tasks that go on meanwhile find the server again.
/// </summary>
internal sealed class TaskListener(ServerOptions options)
{
    private readonly Lazy<X509Certificate2> _certificate = new(() =>
        ServerCertificate.Load(options with { Certificate = null, Key = null })
    );

    private readonly string _portFile = Path.Combine(options.Data, "jobs", "tls-port");

    /// <summary>The file of the certificate, which is there from now on.</summary>
    public string CertificateFile
    {
        get
        {
            _ = _certificate.Value;
            return ServerCertificate.FileIn(options.Data);
        }
    }

    public void Listen(KestrelServerOptions kestrel, Action<ListenOptions> open) =>
        kestrel.Listen(
            IPAddress.Loopback,
            UsualPort(),
            listen =>
            {
                open(listen);
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => _certificate.Value });
            }
        );

    /// <summary>Notes the port that was taken.</summary>
    public void Bound(int port)
    {
        var text = port.ToString(CultureInfo.InvariantCulture);
        if (!File.Exists(_portFile) || File.ReadAllText(_portFile) != text)
        {
            Directory.CreateDirectory(
                Path.GetDirectoryName(_portFile)!,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            File.WriteAllText(_portFile, text);
        }
    }

    /// <summary>The last one, or 0, for any, where it cannot be had.</summary>
    private int UsualPort()
    {
        if (
            !File.Exists(_portFile)
            || !int.TryParse(File.ReadAllText(_portFile), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort
        )
        {
            return 0;
        }

        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return port;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
