using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Logs;

/// <summary>A position in a listing, bound to the query that it belongs to.</summary>
internal static class LogPageToken
{
    public static string Write(string query, LogPosition position) =>
        Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{Digest(query)}\n{position.Nanoseconds}\n{position.InsertId}\n{position.Log}")
            )
        );

    /// <exception cref="StatusException">INVALID_ARGUMENT, for what no listing of this query has returned.</exception>
    public static LogPosition? Read(string query, string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        try
        {
            if (
                Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('\n') is [var digest, var time, var id, var log]
                && digest == Digest(query)
                && long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds)
            )
            {
                return new LogPosition(nanoseconds, id, log);
            }
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw StatusException.InvalidArgument("`page_token` is none that this query has returned; begin again without one.");
    }

    private static string Digest(string query) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query)).AsSpan(0, 8));
}
