using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Tuning.Names;

namespace Cairn.Tuning;

/// <summary>Where a listing of trials goes on: after a number, in one study.</summary>
internal static class TrialPageToken
{
    public static string Write(StudyName study, long after) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{study.Id}:{after}")));

    /// <exception cref="StatusException">INVALID_ARGUMENT where the token is not one of this study's.</exception>
    public static long Read(StudyName study, string token)
    {
        if (token.Length == 0)
        {
            return 0;
        }

        try
        {
            if (
                Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(':') is [var id, var after]
                && id == study.Id.ToString(CultureInfo.InvariantCulture)
                && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            )
            {
                return number;
            }
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw StatusException.InvalidArgument("`page_token` does not belong to this study. Use the `next_page_token` of the page before.");
    }
}
