namespace Cairn.Kernel.Hosting;

/// <summary>Where tasks on this machine reach the server under TLS, for programs that speak nothing else.</summary>
/// <param name="Url">On a loopback address, without a trailing slash.</param>
/// <param name="CertificateFile">The PEM file of the certificate, which the server made and they are to trust.</param>
public sealed record TaskTls(Uri Url, string CertificateFile);
