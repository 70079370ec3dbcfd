using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Data;

/// <summary>
/// The number of a project. Clients ask for it in two places and compare; here a project is a name and nothing else, so its number is
/// computed from the name: twelve digits, the same on every server. A project that is called by a number has that number.
/// </summary>
public static class ProjectNumber
{
    public static long Of(string project)
    {
        if (long.TryParse(project, out var number) && number > 0)
        {
            return number;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(project));
        return 100_000_000_000 + (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % 900_000_000_000);
    }
}
