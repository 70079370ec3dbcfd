using System.Security.Cryptography;
using Cairn.Kernel.Errors;
using Google.Protobuf;

namespace Cairn.Tensorboards.Service;

/// <summary>Etags of composed resources: a digest of what a caller may change.</summary>
internal static class Etags
{
    public static string Of(IMessage message) => Convert.ToHexStringLower(SHA256.HashData(message.ToByteArray()))[..16];

    /// <exception cref="StatusException">ABORTED where a given etag is not the present one.</exception>
    public static void Check(string given, string present, string name)
    {
        if (given.Length > 0 && given != present)
        {
            throw StatusException.Aborted(
                $"'{name}' has changed since it was read: its etag is '{present}', the request's is '{given}'. Read it again and repeat the change."
            );
        }
    }
}
