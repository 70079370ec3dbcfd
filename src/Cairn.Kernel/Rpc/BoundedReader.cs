using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Rpc;

/// <summary>Reads a stream whole, but no more than a limit: a small compressed body can hold a very large one.</summary>
internal static class BoundedReader
{
    public static byte[] ReadAll(Stream stream, int limit)
    {
        using var all = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (all.Length + read > limit)
            {
                throw StatusException.ResourceExhausted(
                    $"The message has more than {limit} bytes after decompression; at most that many are accepted."
                );
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
