using System.Globalization;
using System.Text.Json;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>What a program of a kubeconfig has printed.</summary>
/// <param name="Token">A bearer token; null where it gave a certificate alone.</param>
/// <param name="Certificate">A client's certificate as PEM; null where it gave none.</param>
/// <param name="Key">The certificate's key as PEM.</param>
/// <param name="Expires">Until when they hold; null where it did not say.</param>
internal sealed record ProgramCredentials(string? Token, string? Certificate, string? Key, DateTimeOffset? Expires)
{
    /// <summary>Reads it; what it holds is told to nobody.</summary>
    /// <exception cref="FormatException">It is no ExecCredential of the version, or holds no credentials.</exception>
    public static ProgramCredentials Parse(string output, string version)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var root = document.RootElement;
            if (Text(root, "kind") != "ExecCredential" || Text(root, "apiVersion") != version)
            {
                throw new FormatException($"it printed no ExecCredential of {version}.");
            }

            var status = root.GetProperty("status");
            var given = new ProgramCredentials(
                Text(status, "token"),
                Text(status, "clientCertificateData"),
                Text(status, "clientKeyData"),
                Time(Text(status, "expirationTimestamp"))
            );
            if ((given.Token ?? given.Certificate) is null || (given.Certificate is null) != (given.Key is null))
            {
                throw new FormatException("it printed neither a token nor a certificate with its key.");
            }

            return given;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("it printed no ExecCredential.", e);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? text.Trim() : null;

    private static DateTimeOffset? Time(string? text) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new FormatException($"its expirationTimestamp '{text}' is no time.");
}
