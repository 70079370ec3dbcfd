using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// Parameters and headers of any call that ask for what is not there; they are refused, because a caller would rely on them.
/// </summary>
internal static class RefusedParameters
{
    private static readonly string[] Lists = ["predefinedAcl", "predefinedDefaultObjectAcl", "destinationPredefinedAcl"];

    private static readonly string[] Keys = ["kmsKeyName", "destinationKmsKeyName"];

    /// <exception cref="StatusException">INVALID_ARGUMENT or UNIMPLEMENTED with the parameter.</exception>
    public static void Check(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey("x-goog-encryption-key"))
        {
            throw StatusException.Unimplemented(
                "Customer-supplied encryption keys (x-goog-encryption-key) are not implemented, and nothing was stored in the clear instead. Leave the key out."
            );
        }

        foreach (var name in Lists)
        {
            if (context.Text(name).Length > 0)
            {
                throw StatusException.InvalidArgument(
                    $"`{name}` cannot be used when uniform bucket-level access is enabled, as it is for every bucket here. Leave it out, and use the bucket's IAM policy."
                );
            }
        }

        foreach (var name in Keys)
        {
            if (context.Text(name).Length > 0)
            {
                throw StatusException.Unimplemented(
                    $"`{name}` (encryption with a key of one's own) is not implemented, and nothing was stored without it. Leave it out."
                );
            }
        }
    }
}
