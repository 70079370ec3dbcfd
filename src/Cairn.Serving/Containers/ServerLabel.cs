using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Hosting;

namespace Cairn.Serving.Containers;

/// <summary>The label by which a server finds containers of its own, and of itself before it was killed.</summary>
public static class ServerLabel
{
    public const string Key = "dev.cairn.serving";

    public static string Value(ServerEnvironment environment) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(environment.DataDirectory))))[..16];
}
